import { Module } from '@nestjs/common';
import { AuthModule } from 'nestjs-security';
import { AccessToken } from './access-token.scheme.js';
import { NotesController } from './notes/notes.controller.js';
import { Notes } from './notes/notes.js';
import { SettingsModule } from './settings.module.js';

@Module({
  imports: [
    SettingsModule,
    AuthModule.forRoot({ schemes: [AccessToken], imports: [SettingsModule] }),
  ],
  controllers: [NotesController],
  providers: [Notes],
})
export class AppModule {}
