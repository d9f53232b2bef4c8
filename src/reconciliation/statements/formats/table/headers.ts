import type { ShownPlace } from '../../../../platform/index.ts';
import { plain } from '../../../table-words.ts';
import type { StatementSource } from '../types.ts';
import { type FieldName, fields, type TableMapping } from './mapping.ts';

/** The headers that each column goes by in English, French and Arabic; they are compared without case, accents and punctuation. */
const headers: Readonly<Record<FieldName, readonly string[]>> = {
  reference: [
    'reference',
    'ref',
    'operation reference',
    'reference operation',
    'reference de l operation',
    'numero operation',
    'bank reference',
    'transaction reference',
    'reference bancaire',
    'المرجع',
    'مرجع العملية',
    'رقم العملية',
  ],
  ourReference: ['our reference', 'end to end', 'end to end id', 'votre reference', 'notre reference', 'مرجعنا'],
  serial: [
    'serial',
    'serial number',
    'voucher',
    'voucher serial',
    'serie',
    'numero de serie',
    'numero de bon',
    'bon',
    'الرقم التسلسلي',
    'رقم القسيمة',
    'القسيمة',
  ],
  date: [
    'date',
    'paid on',
    'payment date',
    'date de paiement',
    'date paiement',
    'date operation',
    'booking date',
    'date comptable',
    'date d operation',
    'التاريخ',
    'تاريخ الدفع',
    'تاريخ العملية',
  ],
  valueDate: ['value date', 'date valeur', 'date de valeur', 'تاريخ القيمة'],
  office: ['office code', 'office', 'post office', 'code bureau', 'code du bureau', 'bureau', 'code postal', 'رمز المكتب', 'المكتب'],
  amount: ['amount', 'montant', 'montant paye', 'المبلغ'],
  debit: ['debit', 'debits', 'montant debit', 'withdrawal', 'paid out', 'مدين'],
  credit: ['credit', 'credits', 'montant credit', 'deposit', 'paid in', 'دائن'],
  currency: ['currency', 'devise', 'monnaie', 'العملة'],
  operation: ['operation', 'type', 'type operation', 'type d operation', 'nature', 'العملية', 'نوع العملية'],
  // French post offices have a "direction": that word alone is not taken for this.
  direction: [
    'sens',
    'sens operation',
    'sens de l operation',
    'debit credit',
    'credit debit',
    'd c',
    'c d',
    'dr cr',
    'cr dr',
    'مدين دائن',
    'دائن مدين',
  ],
  lastFour: [
    'document last four',
    'last four',
    'quatre derniers',
    'document quatre derniers',
    '4 derniers caracteres',
    'آخر اربعة ارقام',
    'آخر أربعة أرقام',
  ],
  account: [
    'account',
    'account number',
    'our account',
    'compte',
    'numero de compte',
    'n compte',
    'notre compte',
    'الحساب',
    'رقم الحساب',
    'حسابنا',
  ],
  balance: ['balance', 'running balance', 'solde', 'solde apres operation', 'solde progressif', 'الرصيد', 'رصيد'],
  text: [
    'text',
    'description',
    'details',
    'narrative',
    'libelle',
    'libelle operation',
    'libelle de l operation',
    'motif',
    'البيان',
    'الوصف',
  ],
};

/** What only a bank's table is searched for, and a second such column is passed over: it says the same, or is of no account here. */
const ofBanks: ReadonlySet<FieldName> = new Set(['direction', 'account', 'balance', 'text']);

const known = new Map(fields.flatMap((field) => headers[field].map((header) => [plain(header), field] as const)));

const guessed = (header: string, source: StatementSource): FieldName | undefined => {
  const field = known.get(plain(header));
  return field && source === 'post' && ofBanks.has(field) ? undefined : field;
};

export type Positions = ReadonlyMap<FieldName, number>;

/** Where each column stands in a header, and what is missing or doubled. @param row of the header */
export function columnsIn(
  header: readonly string[],
  row: number,
  mapping: TableMapping,
  source: StatementSource,
): { positions: Positions; faults: ShownPlace[] } {
  const { columns = {} } = mapping;
  const mapped = fields.filter((field) => columns[field] !== undefined);
  const positions = new Map<FieldName, number>();
  const faults: ShownPlace[] = [];
  header.forEach((cell, i) => {
    const said = mapped.filter((field) => plain(columns[field] ?? '') === plain(cell));
    const guess = said.length > 0 ? undefined : guessed(cell, source);
    for (const field of guess && !mapped.includes(guess) ? [guess] : said) {
      if (positions.has(field)) {
        if (ofBanks.has(field)) continue;
        faults.push({ row, cell: field, detail: 'Two columns have this meaning. Keep one.' });
      }
      positions.set(field, i);
    }
  });
  for (const field of needed(source, positions, mapping)) {
    if (positions.has(field)) continue;
    const names = columns[field] === undefined ? headers[field].join(', ') : columns[field];
    faults.push({ row, cell: field, detail: `The column is missing. It may be called: ${names}.` });
  }
  return { positions, faults };
}

// The post says of every operation which voucher it paid, or which document it saw; a bank knows none of it. What a mapping names is there.
function needed(source: StatementSource, positions: Positions, { columns = {}, currency, signs }: TableMapping): FieldName[] {
  const isSplit =
    signs === 'debit_credit' || (signs === undefined && !positions.has('amount') && positions.has('debit') && positions.has('credit'));
  return [
    ...(source === 'post' && !positions.has('lastFour') ? (['serial'] as const) : []),
    'date',
    ...(isSplit ? (['debit', 'credit'] as const) : (['amount'] as const)),
    ...(currency === undefined ? (['currency'] as const) : []),
    ...(['reference', 'office', 'direction', 'account', 'balance'] as const).filter((field) => columns[field] !== undefined),
  ];
}
