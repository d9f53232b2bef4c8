import type { Invented } from './person.ts';
import type { Chance } from './random.ts';

type Mistake = (person: Invented, dice: Chance) => Invented;

const swapped = (text: string, dice: Chance): string => {
  if (text.length < 4) return text;
  const at = 1 + dice.below(text.length - 2);
  return text.slice(0, at) + text.charAt(at + 1) + text.charAt(at) + text.slice(at + 2);
};

const without = <Name extends 'document' | 'phone' | 'middle'>(person: Invented, name: Name): Invented => {
  const { [name]: _left, ...rest } = person;
  return rest as Invented;
};

/** What happens to people who are written down twice. */
const mistakes: readonly Mistake[] = [
  (person, dice) => ({ ...person, given: swapped(person.given, dice) }),
  (person, dice) => ({ ...person, family: swapped(person.family, dice) }),
  (person) => ({ ...person, given: person.family, family: person.given }),
  (person) => ({ ...person, birth: person.birth.slice(0, 4) }),
  (person) =>
    Number(person.birth.slice(8)) > 12 || person.birth.length < 10
      ? person
      : { ...person, birth: `${person.birth.slice(0, 4)}-${person.birth.slice(8)}-${person.birth.slice(5, 7)}` },
  (person, dice) => ({ ...person, phone: `+2136${dice.digits(8)}` }),
  (person) => without(person, 'phone'),
  (person) => without(person, 'document'),
  (person) => without(person, 'middle'),
];

/** The same person written down again, by somebody else and in another household: one or two things have become different. */
export function writtenAgain(person: Invented, again: Invented, sameAs: number, dice: Chance): Invented {
  const { household, householdSize, relationship, commune } = again;
  let written: Invented = { ...person, household, householdSize, relationship, commune, sameAs };
  for (let changes = 1 + dice.below(2); changes > 0; changes -= 1) written = dice.oneOf(mistakes)(written, dice);
  return written;
}
