import type { AgeGroup, Breakdown, Channel, DonorReport, Sex, WilayaRow } from '../types.ts';
import { tagRow } from './hxl.ts';

/** The country that wilayas are of. */
const COUNTRY = 'DZA';

interface About {
  readonly report: DonorReport;
  readonly step: Breakdown;
  readonly publisher: string;
}

type Column = readonly [header: string, tag: string, value: (row: WilayaRow, about: About) => string | number | null | undefined];

const group =
  (sex: Sex, ageGroup: AgeGroup): Column[2] =>
  (row) =>
    row.groups.find((one) => one.sex === sex && one.ageGroup === ageGroup)?.people;

const channelNames: Readonly<Record<Channel, string>> = { post_office: 'Post office', by_hand: 'By hand' };

/**
 * One column for each tag that exports of cash programmes have and that a report tells by wilaya; empty where it may not. Households, disability and
 * how often people are paid are not told by wilaya, and no amount is worth so much in a currency in which nothing was paid.
 */
const columns = (currency: string): readonly Column[] => [
  ['Row', '#meta+id', ({ number }, { report, step }) => `${report.fund.id}/${step.to}/${number}`],
  ['From', '#date+start', (_row, { report, step }) => step.from ?? report.activity.startsOn],
  ['To', '#date+end', (_row, { step }) => step.to],
  ['Donor', '#org+funding+name', (_row, { report }) => report.fund.donor],
  ['Programme', '#org+prog+name', (_row, { report }) => report.programme.name],
  ['Implemented by', '#org+impl+name', (_row, { publisher }) => publisher],
  ['Agreement', '#activity+project+id', (_row, { report }) => report.fund.agreement],
  ['Cluster', '#sector+cluster', () => 'Multi-purpose cash'],
  ['Country', '#country+code+v_iso3', () => COUNTRY],
  ['Wilaya', '#adm1+name', ({ name }) => name],
  ['Wilaya P-code', '#adm1+code+v_pcodes', ({ pcode }) => pcode],
  ['Modality', '#modality', () => 'Cash'],
  ['Channel', '#channel', (row) => row.channels?.map((channel) => channelNames[channel]).join('; ')],
  ['Status', '#status', ({ people, suppressed }) => (suppressed ? (people === null ? 'suppressed' : 'at least') : 'shown')],
  ['People reached', '#reached+ind', ({ people }) => people],
  ['Girls', '#reached+ind+f+children', group('female', 'children')],
  ['Boys', '#reached+ind+m+children', group('male', 'children')],
  ['Women', '#reached+ind+f+adults', group('female', 'adults')],
  ['Men', '#reached+ind+m+adults', group('male', 'adults')],
  ['Older women', '#reached+ind+f+elderly', group('female', 'elderly')],
  ['Older men', '#reached+ind+m+elderly', group('male', 'elderly')],
  ['Currency', '#currency+code', () => currency],
  [`Cash paid, ${currency}`, `#value+transfer+c_${currency.toLowerCase()}`, ({ amount }) => amount?.amount],
];

/**
 * People and cash in each wilaya, a row for each report that breaks down and each wilaya in it, under a header and the HXL tags of exports of
 * cash programmes. A row tells of those reached for the first time and of all that was paid; what is suppressed in the report is empty here.
 * @param publisher who carries the programme out
 */
export function wilayaRows(report: DonorReport, publisher: string): string[][] {
  const all = columns(report.fund.currency);
  return [
    all.map(([header]) => header),
    tagRow(all.map(([, tag]) => tag)),
    ...report.steps.flatMap((step) =>
      step.byWilaya.map((row) => all.map(([, , value]) => String(value(row, { report, step, publisher }) ?? ''))),
    ),
  ];
}
