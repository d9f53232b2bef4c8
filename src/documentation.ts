import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { Router } from 'express';
import { readContract } from './platform/index.ts';

const page = `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Sanad API</title>
<link rel="icon" href="data:,">
<style>body { margin: 0 }</style>
</head>
<body>
<redoc spec-url="/openapi.json" disable-search hide-download-button native-scrollbars></redoc>
<script src="/docs/redoc.js"></script>
</body>
</html>
`;

const policy = [
  "default-src 'self'",
  "script-src 'self'",
  "style-src 'self' 'unsafe-inline'",
  "img-src 'self' data:",
  "frame-ancestors 'none'",
].join('; ');

/** Redoc, without the one picture that it would fetch from its maker's server: a reader's browser speaks to nobody but us. */
function redoc(): string {
  const bundle = readFileSync(createRequire(import.meta.url).resolve('redoc/bundles/redoc.standalone.js'), 'utf8');
  return bundle.replaceAll('https://cdn.redoc.ly/redoc/logo-mini.svg', 'data:,');
}

/** The contract as a file and as pages to read: `/openapi.json` and `/docs`. */
export function documentationPages(): Router {
  const contract = JSON.stringify(readContract());
  const script = redoc();
  const pages = Router();
  pages.get('/openapi.json', (_request, response) => void response.type('json').send(contract));
  pages.get('/docs/redoc.js', (_request, response) => void response.type('js').send(script));
  pages.get('/docs', (_request, response) => void response.set('Content-Security-Policy', policy).type('html').send(page));
  return pages;
}
