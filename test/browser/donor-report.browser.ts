import { writeFile } from 'node:fs/promises';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { reportPage } from '../../src/reporting/donor/page/page.ts';
import { launchBrowser } from '../support/browser.ts';
import { fullReport, pilotReport, wideReport } from '../support/report-pages.ts';

const languages = ['en', 'fr', 'ar'] as const;
const folder = process.env['SCREENSHOTS'];

describe('the page of a report', () => {
  let browser: Browser;
  beforeAll(async () => {
    browser = await launchBrowser();
  });
  afterAll(() => browser.close());

  const open = async (html: string, width: number, height: number) => {
    const page = await browser.newPage({ viewport: { width, height } });
    const complaints: string[] = [];
    page.on('console', (message) => complaints.push(message.text()));
    page.on('request', (request) => complaints.push(request.url()));
    await page.setContent(html);
    return { page, complaints };
  };

  it.each(
    languages.flatMap((language) => [
      ['a pilot', language, pilotReport] as const,
      ['fifty-eight wilayas', language, wideReport] as const,
      ['all that there can be to tell', language, fullReport] as const,
    ]),
  )('prints %s on one sheet of A4, in %s', async (name, language, report) => {
    const { page, complaints } = await open(reportPage(report, language), 794, 1123);
    const pdf = await page.pdf({ preferCSSPageSize: true, printBackground: true });
    await page.emulateMedia({ media: 'print' });
    await page.setViewportSize({ width: 718, height: 1047 });
    expect(await page.evaluate('document.documentElement.scrollWidth')).toBeLessThanOrEqual(718);
    if (folder) {
      await writeFile(`${folder}/report-${name.replaceAll(' ', '-')}-${language}.pdf`, pdf);
      await page.screenshot({ path: `${folder}/report-${name.replaceAll(' ', '-')}-${language}.png` });
    }
    expect(pdf.toString('latin1').match(/\/Type\s*\/Page\b/g)).toHaveLength(1);
    expect(complaints).toEqual([]);
    await page.close();
  });

  it.each(languages)('fits a telephone, in %s', async (language) => {
    const { page } = await open(reportPage(wideReport, language), 390, 844);
    expect(await page.evaluate('document.documentElement.scrollWidth')).toBeLessThanOrEqual(390);
    expect(await page.evaluate('document.dir')).toBe(language === 'ar' ? 'rtl' : 'ltr');
    if (folder) await page.screenshot({ path: `${folder}/report-phone-${language}.png`, fullPage: true });
    await page.close();
  });
});
