import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import contract from '../contract/openapi.json' with { type: 'json' };
import { columnNames, columns } from './columns.ts';
import { guessColumns, looksLikeHeader } from './guessing.ts';
import { checkHeader, plainHeader } from './header.ts';
import { type MappingFault, mappingFaults, settledMapping } from './mapping.ts';
import { Shapes, shapeOf } from './masking.ts';
import { say } from './words.ts';

const guessed = (...header: string[]) => guessColumns(header).map(({ guess, confidence }) => [guess, confidence]);

describe('the columns that a file may have', () => {
  it('are those of the contract', () => expect(contract.components.schemas.RegistrationColumn.enum).toEqual(columnNames));

  it('are spelled so that no spelling is two columns', () => {
    const spellings = columnNames.flatMap((name) => [...new Set([name, ...columns[name].spellings].map(plainHeader))]);
    expect(spellings.filter((spelling, i) => spellings.indexOf(spelling) < i)).toEqual([]);
  });
});

describe('a guess', () => {
  it('is certain of every spelling, in any case, with or without accents, underscores and groups', () => {
    for (const name of columnNames) {
      for (const spelling of columns[name].spellings) expect(guessed(spelling), spelling).toEqual([[name, 'certain']]);
    }
    expect(guessed('NOM DE FAMILLE', 'prenom', 'date_of_birth', 'household/member/phone_number', 'Type  de document', 'الأسره')).toEqual([
      ['family', 'certain'],
      ['given', 'certain'],
      ['birth', 'certain'],
      ['phone', 'certain'],
      ['documentType', 'certain'],
      ['household', 'certain'],
    ]);
    expect(guessed('documentNumber2', 'Phone 3', 'Téléphone 1', 'group_a/given_name')).toEqual([
      ['documentNumber2', 'certain'],
      ['phone3', 'certain'],
      ['phone', 'certain'],
      ['given', 'certain'],
    ]);
  });

  it('is only likely where words differ, and is none where nothing is alike', () => {
    expect(guessed('Nom de famille du bénéficiaire', 'Date of birth of the person', 'Nationalitee', 'Shoe size')).toEqual([
      ['family', 'likely'],
      ['birth', 'likely'],
      ['nationality', 'likely'],
      [null, 'none'],
    ]);
  });

  it('gives each column once, to the better spelling', () => {
    expect(guessed('Date de naissance du membre', 'Date de naissance')).toEqual([
      [null, 'none'],
      ['birth', 'certain'],
    ]);
  });

  it('leaves out what form tools write, and takes the day of the submission where no other date is', () => {
    expect(guessed('start', '_status', '__version__', '_submission_time', '_uuid')).toEqual([
      [null, 'certain'],
      [null, 'certain'],
      [null, 'certain'],
      ['registeredOn', 'certain'],
      ['submissionKey', 'certain'],
    ]);
    expect(guessed('_submission_time', 'Registration date')).toEqual([
      [null, 'certain'],
      ['registeredOn', 'certain'],
    ]);
  });

  it('survives whatever is written into a header', () =>
    fc.assert(
      fc.property(fc.array(fc.string({ unit: 'binary' })), (header) => {
        const guesses = guessColumns(header);
        const taken = guesses.flatMap(({ guess }) => guess ?? []);
        return guesses.length === header.length && new Set(taken).size === taken.length;
      }),
    ));
});

describe('a header', () => {
  const faultsIn = (...cells: string[]) => {
    try {
      checkHeader(cells);
      return [];
    } catch (error) {
      return (error as { places: MappingFault[] }).places.map(({ cell, detail }) => [cell, detail.en.split('.')[0]]);
    }
  };

  it('is taken without the empty cells behind it', () => expect(checkHeader([' a', 'b ', '', ' '])).toEqual(['a', 'b']));

  it('is on one line each', () =>
    expect(checkHeader(['Date de\nnaissance', 'N°\t document'])).toEqual(['Date de naissance', 'N° document']));

  it('is told from the titles above it by the columns that it names', () => {
    expect(looksLikeHeader(['N°', 'Nom', 'Prénom', 'Pointure'])).toBe(true);
    expect(looksLikeHeader(['LISTE DES BENEFICIAIRES', 'Wilaya', 'Tamanrasset'])).toBe(false);
    expect(looksLikeHeader(['No', 'No', 'No', 'No'])).toBe(false);
  });

  it('is refused where a cell is empty, there twice or holds what nobody sees', () => {
    expect(faultsIn('a', '', 'a', 'b\u202Ec', 'd\u0000', 'e\u200B')).toEqual([
      ['column 2', 'This column has no name'],
      ['a', 'The file has this column twice'],
      ['b?c', 'This name holds characters that cannot be seen'],
      ['d?', 'This name holds characters that cannot be seen'],
      ['e?', 'This name holds characters that cannot be seen'],
    ]);
  });

  it('may be called whatever an object is not to be called', () => {
    const header = ['__proto__', 'constructor', 'hasOwnProperty'];
    const settled = settledMapping(header, guessColumns(header), new Map([['__proto__', 'given' as const]]));
    expect([...settled]).toEqual([['__proto__', 'given']]);
    expect(JSON.parse(JSON.stringify(Object.fromEntries(settled)))).toEqual(Object.fromEntries([['__proto__', 'given']]));
  });
});

describe('a mapping', () => {
  it('is complete when every header is decided on and nothing is missing or said twice', () => {
    const header = ['A', 'B', 'Shoe size'];
    const faults = mappingFaults(
      header,
      new Map([
        ['A', 'sex' as const],
        ['B', 'sex' as const],
      ]),
    );
    expect(faults.slice(0, 3)).toMatchObject([
      { cell: 'A', detail: { code: 'column_said_twice' } },
      { cell: 'B', detail: { code: 'column_said_twice' } },
      { cell: 'Shoe size', detail: { code: 'column_undecided' } },
    ]);
    expect(faults).toContainEqual({ cell: 'Wilaya', detail: say('column_missing') });
    expect(faults).toContainEqual({ cell: 'Prénom', detail: say('column_missing') });
  });
});

describe('shapes', () => {
  it('say what a value looks like and not what it is', () => {
    expect(shapeOf('Amina 02/04/1991')).toBe('Aaaaa 99/99/9999');
    expect(shapeOf('محمد ٢٠٢٠')).toBe('عععع 9999');
    expect(shapeOf('=HYPERLINK("x")')).toBe('=AAAAAAAAA("a")');
    expect(shapeOf('a\u202Eb\u0000')).toBe('a?a?');
    const shapes = new Shapes(2);
    for (const row of [
      ['1', 'a'],
      ['2', ''],
      ['33', 'B'],
      ['444', 'ccc'],
      ['5555', 'x'],
    ])
      shapes.add(row);
    expect(shapes.all()).toEqual([
      ['9', '99', '999'],
      ['a', 'A', 'aaa'],
    ]);
  });

  it('hold no letter and no digit of any value', () =>
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), (value) => {
        expect(shapeOf(value).replaceAll(/[Aa9ع]/g, '')).not.toMatch(/[\p{L}\p{N}\p{M}]/u);
      }),
    ));
});
