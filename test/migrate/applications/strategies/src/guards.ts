import { AuthGuard } from '@nestjs/passport';

export const MachineGuard = AuthGuard('bearer');
export const AnyGuard = AuthGuard(['jwt', 'bearer']);
export const guards = [MachineGuard, AnyGuard];
