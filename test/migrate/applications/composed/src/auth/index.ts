export * from './auth.service';
export * from './jwt-auth.guard';
