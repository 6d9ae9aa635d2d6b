export { accessMatrix } from './access-matrix.js';
export { actors } from './actors.js';
export type { Actors } from './actors.js';
export { attack } from './attack.js';
export type { AttackAnswer, AttackKind, AttackReport } from './attack-report.js';
export type { SecuredDocument } from './documented-operation.js';
export { expectDocumentMatchesEnforcement } from './expect-document-matches-enforcement.js';
export { expectNoBreach } from './expect-no-breach.js';
export { overrideScheme } from './override-scheme.js';
