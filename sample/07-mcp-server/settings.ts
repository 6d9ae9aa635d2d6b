/** The authorization server whose tokens this server takes. */
export const ISSUER = process.env.ISSUER ?? `http://127.0.0.1:${process.env.PROVIDER_PORT ?? 4000}`;

/** This server's own URL: clients ask for tokens for it, and its tokens name it as their audience. */
export const RESOURCE = process.env.RESOURCE ?? `http://127.0.0.1:${process.env.PORT ?? 3000}/mcp`;
