/** Other names in a query that parsers of lists and objects, or of names in any casing, take for one. */
export function wrongNames(name: string): string[] {
  const encoded = encodeURIComponent(name);
  const names = [
    `${encoded}[]`,
    `${encoded}%5B%5D`,
    `${encoded}[0]`,
    `${encoded}[key]`,
    `%20${encoded}`,
    encodeURIComponent(name.toUpperCase()),
    encodeURIComponent(name.toLowerCase()),
  ];
  return [...new Set(names)].filter((other) => other !== encoded);
}

/** The same name, which looks like another one until it is decoded. */
export function encodedName(name: string): string {
  return [...Buffer.from(name)].map((byte) => `%${byte.toString(16).padStart(2, '0')}`).join('');
}

/** Parameters with which parsers of queries make lists and objects of a name, or give all objects such a property. */
export function parsedShapes(name: string): string[] {
  return [
    `${name}[$ne]=a`,
    `${name}[length]=1`,
    `${name}[__proto__]=a`,
    `${name}[constructor]=a`,
    `${name}[a][b]=a`,
    `__proto__[${name}]=a`,
    `constructor[prototype][${name}]=a`,
    `${name}=a&${name}=b`,
    `${name}=&${name}=a`,
    `${name}=a&${name}[]=b`,
    `${name}=a&${encodedName(name)}=b`,
    `${encodedName(name)}=a`,
    ...wrongNames(name).map((other) => `${other}=a`),
  ];
}
