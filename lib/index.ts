export { AuthModule } from './auth.module.js';
export type {
  AuthModuleExtras,
  AuthModuleOptions,
  AuthOptionsFactory,
  ProtectedResource,
  ScopeMatcher,
  Undeclared,
} from './auth.options.js';
export type { ContextApplication, ContextReader, SecurityCall } from './contexts/security-call.js';
export type { ContextHandler, HandlerKind } from './policies/handler-kinds.js';
export type { AuditedRoute, RouteAccess } from './audit/audited-route.js';

export { APIKeyCookie } from './schemes/api-key.js';
export { APIKeyHeader } from './schemes/api-key.js';
export { APIKeyQuery } from './schemes/api-key.js';
export { HTTPBasic } from './schemes/http-basic.js';
export { HTTPBearer } from './schemes/http-bearer.js';
export { HTTPDigest } from './schemes/http-digest.js';
export { HTTPScheme } from './schemes/http-scheme.js';
export { OAuth2 } from './schemes/oauth2.js';
export { OAuth2AuthorizationCodeBearer } from './schemes/oauth2-bearer.js';
export { OAuth2ClientCredentialsBearer } from './schemes/oauth2-bearer.js';
export { OAuth2PasswordBearer } from './schemes/oauth2-bearer.js';
export { PassportScheme } from './passport/passport.scheme.js';
export { clientCertificate, MutualTLS } from './schemes/mutual-tls.js';
export type { ClientCertificateOptions } from './schemes/mutual-tls.js';
export { OpenIdConnect } from './schemes/open-id-connect.js';
export { SecurityScheme } from './schemes/security-scheme.js';
export type { APIKey, APIKeyOptions } from './schemes/api-key.js';
export type {
  Authentication,
  MaybePromise,
  SecurityScopes,
  Validate,
  ValidationContext,
} from './schemes/authentication.js';
export type { HTTPAuthorizationCredentials } from './schemes/authorization.js';
export type { BearerMethod, BearerOptions, BearerScheme } from './schemes/bearer-scheme.js';
export type { HTTPBasicOptions } from './schemes/http-basic.js';
export type { HTTPBearerOptions } from './schemes/http-bearer.js';
export type { DigestAlgorithm } from './protocol/digest.js';
export type {
  DigestContext,
  DigestQop,
  DigestUser,
  FindDigestUser,
  HTTPDigestOptions,
} from './schemes/http-digest-options.js';
export type { HTTPSchemeOptions } from './schemes/http-scheme.js';
export type { OAuth2Options } from './schemes/oauth2.js';
export type {
  OAuth2Bearer,
  OAuth2BearerOptions,
  OAuth2TokenUrlOptions,
} from './schemes/oauth2-bearer.js';
export type { OAuth2AuthorizationCodeOptions } from './schemes/oauth2-bearer.js';
export type { PassportSchemeOptions } from './passport/passport.scheme.js';
export type { PassportStrategy } from './passport/strategy-run.js';
export type { OpenIdConnectOptions } from './schemes/open-id-connect.js';
export type {
  APIKeySchemeObject,
  HTTPSchemeObject,
  MutualTLSSchemeObject,
  OAuth2SchemeObject,
  OAuthFlow,
  OAuthFlows,
  OpenIdConnectSchemeObject,
  SecuritySchemeObject,
} from './schemes/security-scheme-object.js';
export type { SecurityRequest } from './schemes/security-request.js';
export type { SecuritySchemeOptions } from './schemes/security-scheme.js';
export type { HTTPBasicCredentials } from './protocol/basic.js';
export type { HTTPDigestCredentials } from './protocol/digest.js';

export { allOf, anonymous, anyOf, optional, withScopes } from './requirements/algebra.js';
export type {
  AllOf,
  Anonymous,
  AnyOf,
  Requirement,
  SchemeReference,
  WithScopes,
} from './requirements/requirement.js';
export type {
  CredentialsOf,
  SchemeOf,
  ScopesOf,
  UserOf,
} from './requirements/requirement-types.js';

export { Rule, rule } from './rules/rule.js';
export type { RuleCall } from './rules/rule-call.js';
export type {
  AllOfRules,
  AnyOfRules,
  RuleExpression,
  RuleReference,
} from './rules/rule-expression.js';

export { CurrentAuthentication } from './guards/current-authentication.js';
export type { OneOf, SchemeAuthentication } from './guards/current-authentication.js';
export type { AcceptedEvent, RefusedEvent, SecurityEvent } from './guards/events.js';
export { SecurityGuard } from './guards/security.guard.js';
export { Authorize } from './decorators/authorize.decorator.js';
export { Credentials } from './decorators/credentials.decorator.js';
export { CurrentUser } from './decorators/current-user.decorator.js';
export { GrantedScopes } from './decorators/granted-scopes.decorator.js';
export { Public } from './decorators/public.decorator.js';
export { RequiredScopes } from './decorators/required-scopes.decorator.js';
export { Scopes } from './decorators/scopes.decorator.js';
export { Security } from './decorators/security.decorator.js';

export { ConfigurationError } from './errors/configuration.error.js';
export { IgnoredCredentialsException } from './errors/ignored-credentials.exception.js';
export { InsufficientScopeException } from './errors/insufficient-scope.exception.js';
export { InvalidDpopProofException } from './errors/invalid-dpop-proof.exception.js';
export { InvalidRequestException } from './errors/invalid-request.exception.js';
export { InvalidTokenException } from './errors/invalid-token.exception.js';
export { NotAuthenticatedException } from './errors/not-authenticated.exception.js';
export { RuleException } from './errors/rule.exception.js';
export { SecurityException } from './errors/security.exception.js';
export { UseDpopNonceException } from './errors/use-dpop-nonce.exception.js';
export type { SecurityExceptionOptions } from './errors/security.exception.js';
export { MalformedError } from './protocol/malformed.error.js';
export { digestHa1, digestUserhash } from './protocol/digest.js';
export { constantTimeEqual } from './protocol/constant-time-equal.js';
