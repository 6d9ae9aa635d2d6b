import { Module } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';
import { APIKeys } from 'nestjs-security/api-keys';
import { StoredKey } from './api-key.entity.js';
import { APIKeysStore } from './api-keys.store.js';

@Module({
  imports: [TypeOrmModule.forFeature([StoredKey])],
  providers: [
    APIKeysStore,
    {
      provide: APIKeys,
      useFactory: (store: APIKeysStore) => new APIKeys({ prefix: 'sample04', store }),
      inject: [APIKeysStore],
    },
  ],
  exports: [APIKeys, APIKeysStore],
})
export class APIKeysModule {}
