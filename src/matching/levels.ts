/** Every field that is compared, and the levels on which two people may agree or disagree in it, the most alike first. */
export const levels = {
  given: ['same', 'spelling', 'sound', 'near', 'part', 'initial', 'different'],
  family: ['same', 'spelling', 'sound', 'near', 'part', 'initial', 'different'],
  middle: ['same', 'spelling', 'sound', 'near', 'part', 'initial', 'different'],
  order: ['straight', 'joined', 'exchanged'],
  birth: ['day', 'exchanged', 'typing', 'month_day', 'year', 'within_year', 'near_year', 'different'],
  sex: ['same', 'different'],
  document: ['same', 'typing', 'other_kind', 'different'],
  phone: ['same', 'typing', 'different'],
  location: ['address', 'place', 'part', 'different'],
  household: ['relatives'],
} as const;

export type Field = keyof typeof levels;
export type LevelOf<F extends Field> = (typeof levels)[F][number];
export const fields = Object.keys(levels) as Field[];

/** One field of a pair: how far two people agree in it, and the evidence in bits (log2 of the odds), rounded to hundredths. Never a value. */
export type Evidence = { readonly [F in Field]: { readonly field: F; readonly level: LevelOf<F>; readonly weight: number } }[Field];
