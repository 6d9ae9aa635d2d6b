export { accessMatrix } from './access-matrix.js';
export { actors } from './actors.js';
export type { Actors } from './actors.js';
export type { SecuredDocument } from './documented-operation.js';
export { expectDocumentMatchesEnforcement } from './expect-document-matches-enforcement.js';
export { overrideScheme } from './override-scheme.js';
