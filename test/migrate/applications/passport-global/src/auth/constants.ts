export const jwtConstants = { secret: 'a secret of thirty-two bytes or more' };
