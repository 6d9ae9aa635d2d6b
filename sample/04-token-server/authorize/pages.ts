import { SCOPES } from '../scopes.js';
import type { AuthorizationRequest } from './authorization-request.js';

/** Sent with every page: no script, no frame, no copy, and no word of the address to other sites. */
export const PAGE_HEADERS = {
  'Content-Type': 'text/html; charset=utf-8',
  'Content-Security-Policy': "default-src 'none'; base-uri 'none'; frame-ancestors 'none'",
  'X-Frame-Options': 'DENY',
  'X-Content-Type-Options': 'nosniff',
  'Referrer-Policy': 'no-referrer',
  'Cache-Control': 'no-store',
};

export function loginPage(
  { client, parameters, scopes }: AuthorizationRequest,
  error = '',
): string {
  const hidden = Object.entries(parameters).map(
    ([name, value]) => html`<input type="hidden" name="${name}" value="${value}" />`,
  );
  return page(
    html`Log in to ${client.name}`,
    [
      html`<p role="alert">${error}</p>`,
      `<ul>${scopes.map((scope) => html`<li>${SCOPES[scope]}</li>`).join('')}</ul>`,
      '<form method="post" action="/authorize">',
      ...hidden,
      '<p><label>Name <input name="username" autocomplete="username" required autofocus /></label></p>',
      '<p><label>Password <input name="password" type="password" autocomplete="current-password" required /></label></p>',
      '<p><button>Log in</button></p>',
      '</form>',
    ].join('\n'),
  );
}

export function errorPage(message: string): string {
  return page('This did not work', html`<p role="alert">${message}</p>`);
}

function page(title: string, body: string): string {
  return `<!doctype html>
<html lang="en">
<head><meta charset="utf-8" /><title>${title}</title></head>
<body>
<h1>${title}</h1>
${body}
</body>
</html>
`;
}

const ENTITIES: Record<string, string> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

/** HTML in which every value is text, whatever it holds. */
function html(strings: TemplateStringsArray, ...values: string[]): string {
  const escaped = values.map((value) => value.replaceAll(/[&<>"']/g, (char) => ENTITIES[char]!));
  return String.raw({ raw: strings }, ...escaped);
}
