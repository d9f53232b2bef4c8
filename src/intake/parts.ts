/** An object whose parts are there or missing, but never undefined. */
export type Defined<Parts> = { [Key in keyof Parts]?: Exclude<Parts[Key], undefined> };

export const withoutUndefined = <Parts extends object>(parts: Parts): Defined<Parts> =>
  Object.fromEntries(Object.entries(parts).filter(([, value]) => value !== undefined)) as Defined<Parts>;
