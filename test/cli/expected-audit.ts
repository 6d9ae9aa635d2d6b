/** What the command prints for `fixtures/shop.ts`. */
export const TEXT = [
  'Method  Path         Handler            Access      Requirement  Scopes  Declared at',
  'GET     /forgotten   Various.forgotten  undeclared  none',
  'GET     /health      Various.health     public      anonymous            Various.health',
  'POST    /orders      Orders.create      protected   Key          write   Orders',
  'GET     /orders/:id  Orders.read        protected   Key                  Orders',
  '',
  '4 routes: 2 protected, 1 public, 1 undeclared',
].join('\n');

export const MARKDOWN = [
  '| Method | Path | Handler | Access | Requirement | Scopes | Declared at |',
  '| --- | --- | --- | --- | --- | --- | --- |',
  '| GET | /forgotten | Various.forgotten | undeclared | none |  |  |',
  '| GET | /health | Various.health | public | anonymous |  | Various.health |',
  '| POST | /orders | Orders.create | protected | Key | write | Orders |',
  '| GET | /orders/:id | Orders.read | protected | Key |  | Orders |',
].join('\n');

export const JSON_ROUTES = [
  {
    kind: 'http',
    method: 'GET',
    path: '/forgotten',
    controller: 'Various',
    handler: 'forgotten',
    access: 'undeclared',
    requirement: 'none',
    scopes: [],
  },
  {
    kind: 'http',
    method: 'GET',
    path: '/health',
    controller: 'Various',
    handler: 'health',
    access: 'public',
    requirement: 'anonymous',
    scopes: [],
    source: 'Various.health',
  },
  {
    kind: 'http',
    method: 'POST',
    path: '/orders',
    controller: 'Orders',
    handler: 'create',
    access: 'protected',
    requirement: 'Key',
    scopes: ['write'],
    source: 'Orders',
  },
  {
    kind: 'http',
    method: 'GET',
    path: '/orders/:id',
    controller: 'Orders',
    handler: 'read',
    access: 'protected',
    requirement: 'Key',
    scopes: [],
    source: 'Orders',
  },
];
