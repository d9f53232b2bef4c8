import { createHash } from 'node:crypto';

const style = `body{font:11pt/1.45 system-ui,"Noto Sans","Noto Sans Arabic",sans-serif;margin:2rem auto;max-width:60rem;padding:0 1rem;color:#111;background:#fff}
h1{font-size:1.5rem}h2{font-size:1.1rem;margin:1.5rem 0 .4rem;border-bottom:1px solid #999}
table{border-collapse:collapse;width:100%;margin:.3rem 0}th,td{border:1px solid #bbb;padding:.2rem .5rem;text-align:start;vertical-align:top;overflow-wrap:anywhere}
th{background:#f2f2f2;font-weight:600}th[scope=row]{width:45%}p.empty{color:#555}td.blank{min-width:8rem;height:2.6rem}
@media print{body{margin:0;max-width:none}tr{break-inside:avoid}h2{break-after:avoid}}`;

/** The page may show itself and do nothing else: no script, no picture, no request, no form, wherever it is opened from. */
const policyOf = (styles: string): string =>
  `default-src 'none'; style-src 'sha256-${createHash('sha256').update(styles).digest('base64')}'; base-uri 'none'; form-action 'none'`;

const escapes: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' };

/** Text that stays text in a page, whatever somebody has written. */
export const escapedText = (text: string): string => text.replace(/[&<>"']/g, (sign) => escapes[sign] ?? sign);

/** Text in a direction of its own, so that a telephone number is not turned round in an Arabic line. */
export const isolatedText = (text: string): string => `<bdi>${escapedText(text)}</bdi>`;

/**
 * A page to read and to print, from right to left in Arabic. It is one file and asks for nothing else.
 * @param title as text
 * @param body as HTML, in which everything that people wrote went through {@link escapedText}
 * @param style rules of this page, after those of every page
 */
export const printedPage = ({
  language,
  title,
  body,
  style: ownStyle = '',
}: {
  language: 'ar' | 'fr' | 'en';
  title: string;
  body: string;
  style?: string;
}): string => `<!doctype html>
<html lang="${language}" dir="${language === 'ar' ? 'rtl' : 'ltr'}">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policyOf(style + ownStyle)}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="robots" content="noindex">
<meta name="referrer" content="no-referrer">
<title>${escapedText(title)}</title>
<style>${style}${ownStyle}</style>
</head>
<body>
${body}
</body>
</html>
`;
