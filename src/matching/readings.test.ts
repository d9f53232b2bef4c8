import { describe, expect, it } from 'vitest';
import { atLeast, compareWords } from './compare-words.ts';
import { keysOf } from './keys.ts';
import { wordsOfName } from './name-words.ts';
import { profileOf } from './profile.ts';

const wordsOf = (name: string) => wordsOfName(name).map(({ exact, sound }) => [exact, sound] as const);
const levelOf = (one: string, other: string) => {
  const [[a, ...moreOfA], [b, ...moreOfB]] = [wordsOf(one), wordsOf(other)];
  if (!a || !b || moreOfA.length + moreOfB.length > 0) throw new Error(`${one} and ${other} are one word each`);
  return compareWords(a, b);
};

const birth = { from: '1984-03-07', to: '1984-03-07' };
const keysWith = (family: string, born: typeof birth | undefined) =>
  keysOf(profileOf({ given: 'Khadidja', family, birth: born })).map(({ kind, text }) => `${kind} ${text}`);
const meet = (one: string, other: string, born: typeof birth | undefined) => {
  const keys = keysWith(one, born);
  // By the name itself, and not by all that is around it.
  return keysWith(other, born).some((key) => key.startsWith('names') && keys.includes(key));
};

const pairsOf = (names: readonly string[]) => names.flatMap((one, i) => names.slice(i + 1).map((other) => [one, other] as const));

describe('spellings of one name', () => {
  it.each<readonly string[]>([
    // A ghayn is gh or r, or g for those who know no other; a g before e is a ghayn's gh in Italian.
    ['Ghezali', 'غزالي', 'Ghezzali'],
    ['Rezali', 'Ghezali'],
    ['Rezali', 'غزالي'],
    ['Rhissa', 'Ghissa', 'غيسى'],
    ['Gharbi', 'Rarbi', 'غربي'],
    ['Gebre', 'Ghebre', 'Guebre'],
    ['Gebremedhin', 'Ghebremedhin'],
    ['Tekle', 'Teklay', 'Teklie'],
    // The son of.
    ['Ould Ahmed', 'ولد أحمد', 'Wuld Ahmed', 'Ouldahmed', 'ولدأحمد', 'Weld Ahmed'],
    ['Ould Sidaty', 'ولد سيداتي', 'Oueld Sidaty'],
    ['Ben Youcef', 'بن يوسف', 'Benyoucef', 'بنيوسف', 'Bin Yousef'],
    ['Mint Sidaty', 'منت سيداتي'],
    // Articles, apart, grown together with the name and assimilated.
    ['Larbi', 'العربي', 'El Arbi', 'Elarbi', 'Laarbi', 'Al-Arbi'],
    ['El Hadi', 'الهادي', 'Elhadi', 'Lhadi', 'Al Hadi'],
    ['Lahcen', 'الحسن', 'El Hassan', 'Elhassan', 'Lahssen'],
    ['Errahmani', 'الرحماني', 'Er-Rahmani', 'Rahmani', 'El Rahmani'],
    ['Echcherif', 'الشريف', 'Ech-Cherif', 'El Cherif'],
    ['Laghouati', 'الأغواطي', 'Larhouati'],
    ['Lakhdari', 'الأخضري', 'El Akhdari'],
    ['Labidi', 'العبيدي', 'Laabidi'],
    ['Lazhar', 'الأزهر', 'El Azhar'],
    // Names of two words.
    ['Salaheddine', 'صلاح الدين', 'صلاحالدين', 'Salah El Dine'],
    ['Abderrezak', 'عبد الرزاق', 'عبدالرزاق', 'Abdel Razzaq'],
    ['Abdennour', 'عبد النور', 'Abdelnour'],
    ['Noureddine', 'نورالدين', 'نور الدين', 'Nour Eddine', 'Nur al-Din', 'Nureldin', 'Nour El Dine', 'Nouredine'],
    ['Azzedine', 'عزالدين', 'عز الدين', 'Ezzeddine', 'Izz al-Din', 'Azedine'],
    ['Abderrahmane', 'عبدالرحمن', 'عبد الرحمن', 'Abdel Rahman', 'Abdurrahman', 'Cabdiraxmaan', 'Abd er-Rahmane'],
    ['Abdelouahed', 'عبدالواحد', 'عبد الواحد', 'Abdelwahed', 'Abdul Wahid'],
    // Tha, dhal, za and dad.
    ['Harith', 'حارث', 'Harit'],
    ['Harith', 'حارث', 'Haris'],
    ['Dhaoui', 'ضاوي', 'Daoui'],
    ['Hafedh', 'حافظ', 'Hafid'],
    ['Hafedh', 'حافظ', 'Hafez'],
    ['Moadh', 'معاذ', 'Mouadh', 'Moad'],
    // The end of a woman's name.
    ['Najat', 'نجاة', 'Nadjat', 'Nagat'],
    ['Baraka', 'بركة', 'Barakat', 'Barakah'],
    ['Fatima', 'فاطمة', 'Fatimah', 'Fatimata', 'Fatimatou', 'Faadumo'],
    ['Saadia', 'سعدية', 'Saadiya', 'Saadiatou', 'Saadié'],
    // The father of.
    ['Bouteflika', 'بوتفليقة', 'Boutaflika', 'Butefliqa', 'Bou Teflika'],
    ['Bouzid', 'Abou Zid', 'أبو زيد', 'بوزيد', 'Abuzid'],
    // West Africa.
    ['Mamadou', 'Mamadu', 'Mohamadou', 'Mouhamadou'],
    ['Ousmane', 'Usman', 'Othmane', 'عثمان', 'Osman'],
    ['Aïssatou', 'Aissata', 'Aichatou', 'عائشة'],
    ['Diallo', 'Jallow', 'Jalo', 'Djaló', 'ديالو'],
    ['Traoré', 'Traore', 'Trawally', 'تراوري'],
    ['Ndiaye', "N'Diaye", 'Njie', 'N’Diaye'],
    ['Coulibaly', 'Kulibali', 'Koulibaly', 'كوليبالي'],
    ['Keïta', 'Keita', 'Kaita', 'كيتا'],
    ['Thierno', 'Tierno', 'Cherno'],
    ['Badiane', 'Bajan', 'Badjane'],
    ['Oury', 'Wurie', 'Ouri'],
    // East Africa: a Somali x is the Arabic ha, a c is ayn.
    ['Mohamed', 'Maxamed', 'محمد'],
    ['Mohamud', 'Maxamuud', 'محمود', 'Mahmoud'],
    ['Cabdi', 'Abdi'],
    ['Xasan', 'Hassan', 'حسن'],
    ['Xirsi', 'Hirsi'],
    ['Warsame', 'Warsama'],
    ['Cawaale', 'Awale'],
    ['Khamis', 'Hamis', 'خميس'],
  ])('%s', (...names) => {
    for (const [one, other] of pairsOf(names)) {
      expect(atLeast(levelOf(one, other), 'near'), `${one} and ${other}: ${levelOf(one, other)}`).toBe(true);
      expect(meet(one, other, birth), `${one} meets ${other}`).toBe(true);
      expect(meet(one, other, undefined), `${one} meets ${other} where the birth is not known`).toBe(true);
    }
  });
});

describe('names that only share letters', () => {
  it.each([
    ['Karim', 'Gharim'],
    ['كريم', 'Gharim'],
    ['Karim', 'غريم'],
    ['Kali', 'Ghali'],
    ['Rami', 'Ghazi'],
    ['Janet', 'John'],
    ['Gordon', 'Jordan'],
    ['Carl', 'Earl'],
    ['Lester', 'Esther'],
    ['Larry', 'Harry'],
    ['Anita', 'Annie'],
    ['Bonita', 'Bonnie'],
    ['Ruth', 'Russ'],
    ['Laila', 'Ali'],
    ['Mohamed', 'Mahmoud'],
    ['Abdelkader', 'Abdelkarim'],
    ['Abdelmoumen', 'Abdelmounir'],
    ['عبد القادر', 'عبد الكريم'],
    ['Abdelhakim', 'عبد الحليم'],
    ['Noureddine', 'Nasreddine'],
    ['نور الدين', 'Nasreddine'],
    ['Badreddine', 'Bahaeddine'],
    ['Hassan', 'Hussein'],
    ['Diallo', 'Diarra'],
  ])('%s is not %s', (one, other) => {
    expect(atLeast(levelOf(one, other), 'near'), levelOf(one, other)).toBe(false);
  });
});

describe('half a name', () => {
  it.each([
    ['Abdelkader', 'Kader'],
    ['Abdou', 'Abdourahmane'],
    ['عبد الكريم', 'عبد'],
    ['Abdel', 'Abdelmoumen'],
  ])('%s and %s agree in part', (one, other) => {
    expect(levelOf(one, other)).toBe('part');
  });
});
