/** Stands for the arguments of a call that is yet to be made, and remembers whether anybody wanted to know them. */
export function unknownArguments(): { readonly value: object; readonly isRead: boolean } {
  let isRead = false;
  const asked = () => {
    isRead = true;
    return undefined;
  };
  const value = new Proxy(Object.create(null) as object, {
    get: asked,
    has: () => Boolean(asked()),
    getOwnPropertyDescriptor: asked,
    ownKeys: () => {
      isRead = true;
      return [];
    },
  });
  return {
    value,
    get isRead() {
      return isRead;
    },
  };
}
