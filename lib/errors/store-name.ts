/** How errors call a store: by its class, if it has one, unlike a module that is imported whole. */
export function storeName(store: object): string {
  return (store as { readonly constructor?: Function }).constructor?.name ?? 'the store';
}
