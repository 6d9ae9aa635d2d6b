export type { SecuredDocument } from './documented-operation.js';
export { expectDocumentMatchesEnforcement } from './expect-document-matches-enforcement.js';
export { overrideScheme } from './override-scheme.js';
