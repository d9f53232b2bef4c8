interface Message {
  readonly opening?: string;
  readonly closing?: string;
  readonly message?: 'camt.053' | 'camt.054';
  readonly account?: string;
}

/** A statement of a bank account in ISO 20022, or (camt.054) what moved on it meanwhile. @param entries as {@link camtEntry} makes them */
export function camt(entries: string, given: Message = {}): string {
  const { opening = '100.00', closing = '100.00', message = 'camt.053', account = 'DZ5800400174401001050486' } = given;
  const balance = (code: string, amount: string) =>
    `<Bal><Tp><CdOrPrtry><Cd>${code}</Cd></CdOrPrtry></Tp><Amt Ccy="DZD">${amount}</Amt><CdtDbtInd>CRDT</CdtDbtInd><Dt><Dt>2026-03-31</Dt></Dt></Bal>`;
  const [root, part, balances] =
    message === 'camt.053'
      ? ['BkToCstmrStmt', 'Stmt', balance('OPBD', opening) + balance('CLBD', closing)]
      : ['BkToCstmrDbtCdtNtfctn', 'Ntfctn', ''];
  return `<?xml version="1.0"?><Document xmlns="urn:iso:std:iso:20022:tech:xsd:${message}.001.08"><${root}><${part}><Id>1</Id><Acct><Id><IBAN>${account}</IBAN></Id><Ccy>DZD</Ccy></Acct>${balances}${entries}</${part}></${root}></Document>`;
}

/** An entry of a statement, which the bank has booked. @param reference theirs */
export function camtEntry(
  amount: string,
  reference: string,
  { mark = 'DBIT', quotes, bookedOn = '2026-03-10' }: { readonly mark?: string; readonly quotes?: string; readonly bookedOn?: string } = {},
): string {
  const details = quotes === undefined ? '' : `<NtryDtls><TxDtls><Refs><EndToEndId>${quotes}</EndToEndId></Refs></TxDtls></NtryDtls>`;
  return `<Ntry><Amt Ccy="DZD">${amount}</Amt><CdtDbtInd>${mark}</CdtDbtInd><Sts><Cd>BOOK</Cd></Sts><BookgDt><Dt>${bookedOn}</Dt></BookgDt><AcctSvcrRef>${reference}</AcctSvcrRef>${details}</Ntry>`;
}
