export { expectDocumentMatchesEnforcement } from './expect-document-matches-enforcement.js';
export { overrideScheme } from './override-scheme.js';
