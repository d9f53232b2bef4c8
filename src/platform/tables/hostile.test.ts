import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { cellsOf, written } from '../../../test/support/tables.ts';
import { workbook } from '../../../test/support/workbooks.ts';

const XLSX = 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet';

/** Every file is a table or is refused with words; nothing else may come out, and nothing may hang. */
const endsWell = async (bytes: Buffer, type: string) => {
  const outcome = await cellsOf(bytes, type, 4_096).catch((error) => error);
  if (!Array.isArray(outcome)) expect(outcome).toMatchObject({ code: 'unprocessable', message: expect.stringMatching(/\.$/) });
};

describe('whatever bytes are sent', () => {
  const changes = fc.array(fc.tuple(fc.nat(), fc.nat({ max: 255 })), { minLength: 1, maxLength: 6 });
  const changed = (bytes: Buffer, places: readonly (readonly [number, number])[]) => {
    const copy = Buffer.from(bytes);
    for (const [place, byte] of places) copy[place % copy.length] = byte;
    return copy;
  };

  it('are a table or are refused: at random', async () => {
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ maxLength: 300 }), fc.constantFrom('text/csv', XLSX), (bytes, type) =>
        endsWell(Buffer.from(bytes), type),
      ),
      { numRuns: 300 },
    );
  });

  it('are a table or are refused: a workbook with some bytes changed', async () => {
    const rows = '<row r="1"><c r="A1" t="s"><v>0</v></c></row><row r="2"><c r="A2"><v>5</v></c></row>';
    const bytes = await workbook({ rows, strings: '<si><t>محمد</t></si>' });
    await fc.assert(
      fc.asyncProperty(changes, (places) => endsWell(changed(bytes, places), XLSX)),
      { numRuns: 400 },
    );
  });

  it('are a table or are refused: a workbook that ends anywhere', async () => {
    const bytes = await written({ kind: 'xlsx' }, [['a'], ['b']]);
    await fc.assert(fc.asyncProperty(fc.nat({ max: bytes.length }), (end) => endsWell(bytes.subarray(0, end), XLSX)));
  });

  it('are a table or are refused: XML that is anything', async () => {
    const piece = fc.constantFrom(
      ...[
        '<row>',
        '</row>',
        '<row r="2"/>',
        '<c t="s">',
        '<c t="str">',
        '<c s="9">',
        '<c t="zz">',
        '<c r="ZZZZ9">',
        '</c>',
        '<v>',
        '</v>',
        '<f>',
        '</f>',
      ],
      ...[
        '<t>',
        '</t>',
        '<is>',
        '</is>',
        '1',
        '-1',
        '1e5',
        'x',
        ' ',
        '&amp;',
        '&#0;',
        '<![CDATA[',
        ']]>',
        '<!--',
        '-->',
        '<?x?>',
        '<!DOCTYPE a>',
      ],
    );
    await fc.assert(
      fc.asyncProperty(fc.array(piece, { maxLength: 25 }), async (pieces) => endsWell(await workbook({ rows: pieces.join('') }), XLSX)),
      { numRuns: 400 },
    );
  });
});
