import type { TypeOrmModuleOptions } from '@nestjs/typeorm';
import { CreateAPIKeys1800000000000 } from './create-api-keys.migration.js';
import { CreateTables1700000000000 } from './create-tables.migration.js';

/**
 * The PostgreSQL server that the environment variable `DATABASE_URL` names, or a SQLite that lives in this
 * process and ends with it.
 */
export function databaseOptions(): TypeOrmModuleOptions {
  const { DATABASE_URL } = process.env;
  return {
    ...(DATABASE_URL === undefined
      ? { type: 'sqljs' }
      : { type: 'postgres', url: DATABASE_URL, connectTimeoutMS: 5000 }),
    autoLoadEntities: true,
    migrations: [CreateTables1700000000000, CreateAPIKeys1800000000000],
    migrationsRun: true,
  };
}
