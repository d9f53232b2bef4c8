const nameLevels = ['same', 'spelling', 'sound', 'near', 'part', 'alike', 'initial', 'different'] as const;

/** Every field that is compared, and the levels on which two people may agree or disagree in it, the most alike first. */
export const levels = {
  given: nameLevels,
  family: nameLevels,
  middle: nameLevels,
  order: ['straight', 'joined', 'exchanged'],
  birth: ['day', 'exchanged', 'typing', 'alike', 'month_day', 'same_year', 'year', 'within_year', 'near_year', 'near_age', 'different'],
  sex: ['same', 'different'],
  document: ['same', 'typing', 'alike', 'other_kind', 'different'],
  phone: ['same', 'typing', 'different'],
  location: ['address', 'near_address', 'place', 'near_place', 'part', 'different'],
  household: ['relatives'],
} as const;

export type Field = keyof typeof levels;
export type LevelOf<F extends Field> = (typeof levels)[F][number];
export const fields = Object.keys(levels) as Field[];

const nameChains = [
  ['same', 'spelling', 'near', 'alike', 'different'],
  ['spelling', 'sound', 'different'],
] as const;

/** Levels of one field in the order in which they speak for one person: none may weigh more than the one before it. */
export const chains: { readonly [F in Field]?: readonly (readonly LevelOf<F>[])[] } = {
  given: nameChains,
  family: nameChains,
  middle: nameChains,
  birth: [
    ['day', 'exchanged', 'typing', 'month_day', 'alike', 'same_year', 'different'],
    ['year', 'within_year', 'near_year', 'different'],
    ['year', 'near_age', 'different'],
  ],
  sex: [['same', 'different']],
  document: [['same', 'typing', 'alike', 'other_kind', 'different']],
  phone: [['same', 'typing', 'different']],
  location: [
    ['address', 'near_address', 'part', 'different'],
    ['place', 'near_place', 'part', 'different'],
  ],
};

/** Levels that stand for one another: a day is compared with days, a year with years, an address with addresses. Every other field is one group. */
export const groups: { readonly [F in Field]?: readonly (readonly LevelOf<F>[])[] } = {
  birth: [
    ['day', 'exchanged', 'typing', 'alike', 'month_day', 'same_year', 'different'],
    ['year', 'within_year', 'near_year', 'near_age'],
  ],
  location: [
    ['address', 'near_address', 'part', 'different'],
    ['place', 'near_place'],
  ],
};

/** One field of a pair: how far two people agree in it, and the evidence in bits (log2 of the odds), rounded to hundredths. Never a value. */
export type Evidence = { readonly [F in Field]: { readonly field: F; readonly level: LevelOf<F>; readonly weight: number } }[Field];
