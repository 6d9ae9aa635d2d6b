/** `true` where two types are the same, `false` where one is wider, or is `any`. */
export type Same<A, B> =
  (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false;

/** Compiles only for `true`: `holds<Same<A, B>>()`. */
export function holds<_Claim extends true>(): void {}
