import { type MigrationInterface, type QueryRunner, Table } from 'typeorm';

const id = (name: string) => ({ name, type: 'varchar', isPrimary: true });
const text = (name: string) => ({ name, type: 'varchar' });
const json = (name: string) => ({ name, type: 'text' });
const flag = (name: string) => ({ name, type: 'boolean' });
const instant = (name: string) => ({ name, type: 'bigint' });
const reference = (columnName: string, referencedTableName: string) => ({
  columnNames: [columnName],
  referencedTableName,
  referencedColumnNames: ['id'],
  onDelete: 'CASCADE',
});

const oneTimeToken = [id('digest'), text('grantId'), flag('used')];

const TABLES = [
  new Table({
    name: 'accounts',
    columns: [
      id('id'),
      { ...text('username'), isUnique: true },
      text('email'),
      text('fullName'),
      flag('disabled'),
      text('passwordHash'),
    ],
  }),
  new Table({
    name: 'clients',
    columns: [
      id('id'),
      text('name'),
      { ...text('secretHash'), isNullable: true },
      json('grantTypes'),
      json('redirectUris'),
      json('scopes'),
    ],
  }),
  new Table({
    name: 'grants',
    columns: [
      id('id'),
      text('clientId'),
      { ...text('accountId'), isNullable: true },
      json('scopes'),
      flag('revoked'),
      instant('expires'),
    ],
    foreignKeys: [reference('clientId', 'clients'), reference('accountId', 'accounts')],
  }),
  new Table({
    name: 'authorization_codes',
    columns: [...oneTimeToken, text('redirectUri'), text('codeChallenge'), instant('expires')],
    foreignKeys: [reference('grantId', 'grants')],
  }),
  new Table({
    name: 'refresh_tokens',
    columns: oneTimeToken,
    foreignKeys: [reference('grantId', 'grants')],
  }),
  new Table({
    name: 'signing_keys',
    columns: [id('kid'), json('privateKey'), instant('signsFrom'), instant('signsUntil')],
  }),
  new Table({
    name: 'login_attempts',
    columns: [id('key'), { name: 'count', type: 'integer' }, instant('expires')],
  }),
];

export class CreateTables1700000000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    for (const table of TABLES) await runner.createTable(table);
  }

  async down(runner: QueryRunner): Promise<void> {
    for (const { name } of TABLES.toReversed()) await runner.dropTable(name);
  }
}
