import { type MigrationInterface, type QueryRunner, Table } from 'typeorm';

const text = (name: string) => ({ name, type: 'varchar' });
const instant = (name: string) => ({ name, type: 'bigint', isNullable: true });

const API_KEYS = new Table({
  name: 'api_keys',
  columns: [
    { ...text('id'), isPrimary: true },
    text('hash'),
    text('owner'),
    text('name'),
    { name: 'scopes', type: 'text' },
    { ...instant('createdAt'), isNullable: false },
    instant('expiresAt'),
    instant('revokedAt'),
    instant('lastUsedAt'),
  ],
  indices: [{ name: 'api_keys_owner', columnNames: ['owner'] }],
  foreignKeys: [
    {
      columnNames: ['owner'],
      referencedTableName: 'clients',
      referencedColumnNames: ['id'],
      onDelete: 'CASCADE',
    },
  ],
});

export class CreateAPIKeys1800000000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.createTable(API_KEYS);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.dropTable(API_KEYS);
  }
}
