/** Files of registrations of people whom nobody knows. */

export const header =
  'Registration date,Household,Household size,Relationship,Given name,Family name,Sex,Date of birth,Nationality,Document type,Document number,Phone,Wilaya,Commune,Language,Consent,Consent method';

const syllables = ['ba', 'do', 'fu', 'ki', 'le', 'mo', 'nu', 'ra', 'si', 'ta'];

// People who have nothing in common but where they live.
const nameOf = (n: number): string => [...String(n * 7_919 + 10_007)].map((digit) => syllables[Number(digit)]).join('');
const birthOf = (n: number): string => `${String(1 + (n % 27)).padStart(2, '0')}/0${1 + (n % 9)}/${1950 + (n % 50)}`;

/** One row; the same number is the same person. */
export const registrationRow = (n: number, document = `D${n * 7_919}`): string =>
  `2026-01-15,H${n},1,head,${nameOf(n)},${nameOf(n + 500_000)},female,${birthOf(n)},MLI,Passport,${document},,16,Alger Centre,fr,yes,signature`;

export const fileOf = (...rows: string[]): string => [header, ...rows].join('\n');

/** Rows of different people. */
export const many = (count: number, from = 0): string[] => Array.from({ length: count }, (_, i) => registrationRow(from + i));
