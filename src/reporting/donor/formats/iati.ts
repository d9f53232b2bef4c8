import type { Amount, DonorReport, ShownCount } from '../types.ts';

/** Who publishes, and who gave the money. */
interface Organisations {
  readonly organisationRef: string;
  readonly organisationName: string;
  readonly organisationType: string;
  readonly donorRef: string | null;
  readonly donorType: string | null;
}

/** Code list TransactionType. */
const [incomingFunds, expenditure, incomingCommitment] = ['1', '4', '11'];
/** Code list Sector, vocabulary DAC 5: material relief assistance and services. */
const RELIEF = '72010';
/** Code list AidType: projects. FinanceType: grant. FlowType: ODA. TiedStatus: untied. */
const defaults =
  '<default-flow-type code="10"/><default-finance-type code="110"/><default-aid-type code="C01"/><default-tied-status code="5"/>';

const marks: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&apos;' };
// biome-ignore lint/suspicious/noControlCharactersInRegex: what XML cannot hold
const impossible = /[\0-\x08\x0B\x0C\x0E-\x1F\uFFFE\uFFFF]/g;
const text = (value: string): string => value.replace(impossible, '').replace(/[&<>"']/g, (mark) => marks[mark] ?? mark);
const narrative = (value: string): string => `<narrative>${text(value)}</narrative>`;
const ref = (value: string | null): string => (value === null ? '' : ` ref="${text(value)}"`);
const type = (value: string | null): string => (value === null ? '' : ` type="${text(value)}"`);

/**
 * A report as an activity of IATI 2.03 (iatistandard.org), whose elements stand in the order of its schema. Each contribution is incoming
 * funds, a promise an incoming commitment, and cash and fees are expenditure, by report. What is suppressed is in no result.
 */
export function iatiOf(report: DonorReport, organisations: Organisations): string {
  const { fund, programme, activity, computedAt } = report;
  const { organisationRef, organisationName, organisationType, donorRef, donorType } = organisations;
  const isOver = activity.endsOn < computedAt.slice(0, 10);
  return `<?xml version="1.0" encoding="UTF-8"?>
<iati-activities version="2.03" generated-datetime="${computedAt}">
<iati-activity xml:lang="en" default-currency="${text(fund.currency)}" last-updated-datetime="${computedAt}" humanitarian="1">
<iati-identifier>${text(organisationRef)}-${text(programme.code)}-${text(fund.agreement.replaceAll(/[\s/&|?]+/g, '-'))}</iati-identifier>
<reporting-org${ref(organisationRef)}${type(organisationType)}>${narrative(organisationName)}</reporting-org>
<title>${narrative(`${programme.name}: ${fund.agreement}`)}</title>
<description type="1">${narrative(`Cash assistance of the programme ${programme.name}, paid from the agreement ${fund.agreement} with ${fund.donor}.`)}</description>
<participating-org${ref(donorRef)}${type(donorType)} role="1">${narrative(fund.donor)}</participating-org>
<participating-org${ref(organisationRef)}${type(organisationType)} role="4">${narrative(organisationName)}</participating-org>
<activity-status code="${isOver ? '4' : '2'}"/>
<activity-date type="1" iso-date="${activity.startsOn}"/>
<activity-date type="2" iso-date="${activity.startsOn}"/>
<activity-date type="3" iso-date="${activity.endsOn}"/>
<recipient-country code="DZ"/>
<sector vocabulary="1" code="${RELIEF}"/>
${defaults}
${transactionsOf(report, organisations)}
${resultsOf(report)}
</iati-activity>
</iati-activities>
`;
}

function transactionsOf(
  { fund, contributions, spent, pledged, activity }: DonorReport,
  { organisationRef, donorRef }: Organisations,
): string {
  const giver = `<provider-org${ref(donorRef)}>${narrative(fund.donor)}</provider-org>`;
  const out = `<provider-org${ref(organisationRef)}/>`;
  const isThere = ({ amount }: Amount) => !/^-?0(\.0+)?$/.test(amount);
  return [
    ...(pledged ? [transaction(incomingCommitment, activity.startsOn, pledged, `Promised under ${fund.agreement}`, giver)] : []),
    ...contributions.map(({ reference, receivedOn, amount }) =>
      transaction(incomingFunds, receivedOn, amount, `Received: ${reference}`, giver),
    ),
    ...spent.flatMap(({ to, paid, fees }) => [
      ...(isThere(paid) ? [transaction(expenditure, to, paid, 'Cash paid to people', out)] : []),
      ...(isThere(fees) ? [transaction(expenditure, to, fees, 'Fees of paying it out', out)] : []),
    ]),
  ].join('\n');
}

const transaction = (
  code: string | undefined,
  day: string,
  { amount, currency }: Amount,
  description: string,
  organisation: string,
): string =>
  `<transaction humanitarian="1"><transaction-type code="${code}"/><transaction-date iso-date="${day}"/><value currency="${currency}" value-date="${day}">${amount}</value><description>${narrative(description)}</description>${organisation}</transaction>`;

/** Who was reached, as results; by sex, age, disability and wilaya as far as each is shown whole. */
function resultsOf({ reached, breakdown, period, activity }: DonorReport): string {
  const [start] = [activity.startsOn, period.to].sort();
  const days = (to: string) => `<period-start iso-date="${start}"/><period-end iso-date="${to}"/>`;
  const parts = (counts: readonly (ShownCount & { name: string; value: string })[]): string =>
    counts
      .filter(({ people, suppressed }) => people !== null && people > 0 && !suppressed)
      .map(({ people, name, value }) => `<actual value="${people}"><dimension name="${name}" value="${text(value)}"/></actual>`)
      .join('');
  const whole = (title: string, count: number | null): string =>
    count === null ? '' : indicator(title, `<period>${days(period.to)}<actual value="${count}"/></period>`);
  const broken = parts([
    ...breakdown.bySexAndAge.rows.map((row) => ({ ...row, name: 'sex', value: row.sex })),
    ...breakdown.bySexAndAge.totals.map((row) => ({ ...row, name: 'age', value: row.ageBand })),
    ...breakdown.byDisability.map((row) => ({ ...row, name: 'disability', value: row.hasDisability ? 'yes' : 'no' })),
    ...breakdown.byWilaya.map((row) => ({ ...row, name: 'wilaya', value: row.name })),
  ]);
  const indicators = [
    whole('People reached with cash, each counted once', reached.people),
    whole('Households reached with cash, each counted once', reached.households),
    broken && breakdown.to ? indicator('People reached with cash, broken down', `<period>${days(breakdown.to)}${broken}</period>`) : '',
  ].join('');
  return (
    indicators && `<result type="1" aggregation-status="1"><title>${narrative('People reached with cash')}</title>${indicators}</result>`
  );
}

const indicator = (title: string, period: string): string =>
  `<indicator measure="1" ascending="1" aggregation-status="1"><title>${narrative(title)}</title>${period}</indicator>`;
