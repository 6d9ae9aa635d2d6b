import { describe, expect, it } from 'vitest';
import { documentedOperations } from '../../lib/testing/documented-operation.js';
import { sampleValue } from '../../lib/testing/sample-value.js';

const document = {
  components: {
    schemas: {
      Item: { type: 'object', properties: { id: { type: 'integer' }, name: { type: 'string' } } },
      Loop: { type: 'object', properties: { next: { $ref: '#/components/schemas/Loop' } } },
      'a/b~c': { const: 'escaped' },
      Round: { $ref: '#/components/schemas/Round' },
    },
  },
};
const of = (schema: unknown) => sampleValue(schema, document);

describe('a sample of a schema', () => {
  it.each([
    ['an example', { type: 'string', example: 'given', default: 'other' }, 'given'],
    ['examples', { type: 'string', examples: ['first', 'second'] }, 'first'],
    ['a default', { type: 'integer', default: 0 }, 0],
    ['a constant', { const: 'only' }, 'only'],
    ['an enumeration', { enum: ['a', 'b'] }, 'a'],
    ['a number', { type: 'number' }, 1],
    ['a number from some on', { type: 'integer', minimum: 18 }, 18],
    ['a text', { type: 'string' }, '1'],
    ['a longer text', { type: 'string', minLength: 3 }, '111'],
    ['a UUID', { type: 'string', format: 'uuid' }, '00000000-0000-4000-8000-000000000001'],
    ['a boolean', { type: 'boolean' }, true],
    ['a text or nothing', { type: ['null', 'string'] }, '1'],
    ['a list', { type: 'array', items: { type: 'integer' } }, [1]],
    ['a list of anything', { type: 'array', items: undefined }, []],
    ['a reference', { $ref: '#/components/schemas/Item' }, { id: 1, name: '1' }],
    ['a reference with escapes', { $ref: '#/components/schemas/a~1b~0c' }, 'escaped'],
    ['all of several', { allOf: [{ $ref: '#/components/schemas/Item' }] }, { id: 1, name: '1' }],
    ['one of several', { oneOf: [{ type: 'integer' }, { type: 'string' }] }, 1],
    ['any of several', { anyOf: [{ type: 'boolean' }] }, true],
    ['a reference to nothing', { $ref: '#/components/schemas/None' }, undefined],
    ['a reference to itself', { $ref: '#/components/schemas/Round' }, undefined],
    ['no schema', undefined, undefined],
  ])('is made of %s', (_, schema, expected) => {
    expect(of(schema)).toStrictEqual(expected);
  });

  it('ends where a schema holds itself', () => {
    expect(JSON.stringify(of({ $ref: '#/components/schemas/Loop' })).length).toBeLessThan(200);
  });
});

describe('a sample of an operation', () => {
  const parameters = [
    { name: 'id', in: 'path', schema: { type: 'string' }, example: 'a/b' },
    { name: 'page', in: 'query', required: true, schema: { type: 'integer' } },
    { name: 'sort', in: 'query', schema: { type: 'string' } },
    { name: 'ids', in: 'query', schema: { type: 'array', example: ['2', '1 3'] } },
    { name: 'X-Tenant', in: 'header', examples: { one: { value: 'north' } } },
    { name: 'X-Trace', in: 'header', schema: { type: 'string' } },
    { name: 'X-Required', in: 'header', required: true },
    { name: 'Authorization', in: 'header', required: true },
    { name: 'x-key', in: 'header', example: 'a real key' },
    { name: 'Key', in: 'query', example: 'a real key' },
  ];
  const components = {
    securitySchemes: {
      Key: { type: 'apiKey', in: 'header', name: 'X-Key' },
      Other: { type: 'apiKey', in: 'query', name: 'key' },
    },
  };
  const requestBody = { content: { 'application/json': { schema: { type: 'object' } } } };

  it('has examples of its own before those of its path, what it requires, and no credentials', () => {
    const paths = {
      '/items/{id}/{other}': {
        parameters: [{ name: 'id', in: 'path', example: 'of the path' }],
        post: { parameters, requestBody },
      },
    };
    expect(documentedOperations({ paths, components })).toStrictEqual([
      {
        method: 'POST',
        path: '/items/{id}/{other}',
        security: [],
        target: '/items/a%2Fb/1?page=1&ids=2&ids=1%203',
        headers: [
          ['X-Tenant', 'north'],
          ['X-Required', '1'],
        ],
        contentType: 'application/json',
        body: {},
      },
    ]);
  });
});

it('is asked of no operation under a scheme that the document does not describe', () => {
  const paths = { '/users': { get: { security: [{ bearer: [] }] } } };
  const described = { securitySchemes: { bearer: { type: 'http', scheme: 'bearer' } } };
  expect(() => documentedOperations({ paths })).toThrow(
    new TypeError(
      'GET /users requires bearer, which components.securitySchemes of the document does not describe: add it to the DocumentBuilder, or remove what names it from the route',
    ),
  );
  expect(documentedOperations({ paths, components: described })).toHaveLength(1);
});
