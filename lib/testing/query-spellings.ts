/**
 * Other names that some query parsers treat as the given one: parsers of lists and objects, or of names in any case.
 */
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

/** The same name, percent-encoded whole. */
export function encodedName(name: string): string {
  return [...Buffer.from(name)].map((byte) => `%${byte.toString(16).padStart(2, '0')}`).join('');
}

/** Parameters that make query parsers turn a name into a list or an object, or pollute the prototype of all objects. */
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
