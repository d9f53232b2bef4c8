import { createRequire } from 'node:module';
import { Router } from 'express';
import { readContract } from './platform/index.ts';

const page = `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Sanad API</title>
<style>body { margin: 0 }</style>
</head>
<body>
<redoc spec-url="/openapi.json" disable-search hide-download-button></redoc>
<script src="/docs/redoc.js"></script>
</body>
</html>
`;

/** The contract as a file and as pages to read: `/openapi.json` and `/docs`. */
export function documentationPages(): Router {
  const contract = JSON.stringify(readContract());
  const bundle = createRequire(import.meta.url).resolve('redoc/bundles/redoc.standalone.js');
  const pages = Router();
  pages.get('/openapi.json', (_request, response) => void response.type('json').send(contract));
  pages.get('/docs/redoc.js', (_request, response) => response.sendFile(bundle));
  pages.get('/docs', (_request, response) => {
    response.set('Content-Security-Policy', [
      "default-src 'self'", "script-src 'self'", "style-src 'self' 'unsafe-inline'", "img-src 'self' data:", "frame-ancestors 'none'",
    ].join('; '));
    response.type('html').send(page);
  });
  return pages;
}
