import { writtenAgain } from './mistakes.ts';
import { families, men, type Name, women } from './names.ts';
import type { Invented } from './person.ts';
import { type Chance, chance } from './random.ts';

const DUPLICATE_SHARE = 0.03;
const YEAR_ONLY_SHARE = 1 / 3;
const ARABIC_SHARE = 0.2;
/** How far back a duplicate may lie: as far as the list goes at the size of a file. */
const REMEMBERED = 20_000;
const nationalities = ['MLI', 'NER', 'GIN', 'SEN', 'CIV', 'BFA', 'TCD', 'SDN', 'NGA', 'CMR', 'SLE', 'GMB', 'DZA', 'MRT'];

/** A household moves, writes and telephones together. */
interface Home {
  readonly reference: string;
  readonly size: number;
  readonly family: Name;
  readonly arabic: boolean;
  readonly nationality: string;
  readonly phone: string | undefined;
  readonly commune: string;
}

/** A name as this clerk writes it: mostly the usual spelling, sometimes another. */
const spelled = (name: Name, arabic: boolean, dice: Chance): string =>
  arabic && name.arabic ? name.arabic : dice.happens(0.7) ? (name.latin[0] as string) : dice.oneOf(name.latin);

function birthOf(age: number, dice: Chance): string {
  const year = String(2025 - age);
  if (dice.happens(YEAR_ONLY_SHARE)) return year;
  return `${year}-${String(1 + dice.below(12)).padStart(2, '0')}-${String(1 + dice.below(28)).padStart(2, '0')}`;
}

function member(home: Home, position: number, dice: Chance): Invented {
  const relationship = position === 0 ? 'head' : position === 1 && dice.happens(0.7) ? 'spouse' : dice.happens(0.8) ? 'child' : 'other';
  const age = relationship === 'child' ? dice.below(18) : 18 + dice.below(60);
  const sex = dice.happens(0.5) ? 'female' : 'male';
  const names = sex === 'female' ? women : men;
  const family = relationship === 'spouse' && dice.happens(0.6) ? dice.common(families) : home.family;
  const phone =
    age < 18
      ? home.phone
      : dice.happens(0.5)
        ? home.phone
        : dice.happens(0.8)
          ? `+213${dice.oneOf(['5', '6', '7'])}${dice.digits(8)}`
          : undefined;
  return {
    given: spelled(dice.common(names), home.arabic, dice),
    ...(dice.happens(0.2) ? { middle: spelled(dice.common(names), home.arabic, dice) } : {}),
    family: spelled(family, home.arabic, dice),
    sex,
    birth: birthOf(age, dice),
    nationality: home.nationality,
    ...(age >= 18 && dice.happens(0.6) ? { document: { country: home.nationality, number: `P${dice.digits(8)}` } } : {}),
    ...(phone ? { phone } : {}),
    household: home.reference,
    householdSize: home.size,
    relationship,
    commune: home.commune,
  };
}

/**
 * Invents people by households, in the order a register has them. The same seed gives the same people.
 * @param communes where they live, the largest first
 */
export function* invent(count: number, seed: number, communes: readonly string[]): Generator<Invented> {
  const dice = chance(seed);
  const before: Invented[] = [];
  for (let made = 0, households = 1; made < count; households += 1) {
    const size = 1 + Math.min(dice.below(4) + dice.below(5), 11);
    const arabic = dice.happens(ARABIC_SHARE);
    const home: Home = {
      reference: `H-${seed}-${households}`,
      size,
      family: dice.common(families),
      arabic,
      nationality: dice.common(nationalities),
      phone: dice.happens(0.85) ? `+213${dice.oneOf(['5', '6', '7'])}${dice.digits(8)}` : undefined,
      commune: dice.common(communes),
    };
    for (let position = 0; position < size && made < count; position += 1, made += 1) {
      const somebody = member(home, position, dice);
      const back = dice.below(Math.max(1, Math.min(before.length, REMEMBERED)));
      const twin = before.length > 100 && dice.happens(DUPLICATE_SHARE) ? before[(made - 1 - back) % REMEMBERED] : undefined;
      const person = twin ? writtenAgain(twin, somebody, back + 1, dice) : somebody;
      before[made % REMEMBERED] = person;
      yield person;
    }
  }
}
