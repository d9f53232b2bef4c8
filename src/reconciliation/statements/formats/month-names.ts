import { plain } from '../../table-words.ts';

/** What each month is called in English and French, and in Arabic from the Gulf to the Maghreb, whole or cut short. */
const names: readonly string[] = [
  'jan january janv janvier يناير جانفي كانون_الثاني',
  'feb february fev fevr fevrier فبراير فيفري شباط',
  'mar march mars مارس آذار',
  'apr april avr avril أبريل أفريل نيسان',
  'may mai مايو ماي أيار',
  'jun june juin يونيو يونيه جوان حزيران',
  'jul july juil juillet يوليو يوليه يوليوز جويلية تموز',
  'aug august aou aout أغسطس أوت غشت آب',
  'sep sept september septembre سبتمبر شتنبر أيلول',
  'oct october octobre أكتوبر تشرين_الأول',
  'nov november novembre نوفمبر نونبر تشرين_الثاني',
  'dec december decembre ديسمبر دجنبر كانون_الأول',
];

const months = new Map(names.flatMap((some, i) => some.split(' ').map((name) => [plain(name), i + 1] as const)));

/** The number of a month by its name; undefined where nobody calls it so. */
export const monthNamed = (name: string): number | undefined => months.get(plain(name));
