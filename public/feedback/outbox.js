// What waits to be sent, kept on this telephone: by the page and, when the page is closed, by the worker beside it. Each message has a key of its
// own, so that whoever sends it, and however often, it arrives once.
self.outbox = (() => {
  /** So long a receipt that came while no page was open waits for one. The telephone may be somebody else's. */
  const RECEIPT_MS = 3_600_000;
  /** So long a network may take to answer: some have a signal and answer nothing, and what is never answered would keep all else waiting. */
  const PATIENCE_MS = 30_000;
  /** Refusals that say nothing of the message: it was slow, came too early or too often, or is on its way already. */
  const passing = [408, 409, 425, 429];

  const open = () =>
    new Promise((resolve, reject) => {
      const request = indexedDB.open('feedback', 1);
      request.onupgradeneeded = () => {
        request.result.createObjectStore('waiting', { keyPath: 'key' });
        request.result.createObjectStore('receipts', { keyPath: 'reference' });
      };
      request.onsuccess = () => resolve(request.result);
      request.onerror = () => reject(request.error);
      request.onblocked = () => reject(new Error('the database is in use'));
    });

  /** Runs steps on a store, one after the other and all or none; tells what the first of them gave. */
  const on = async (store, mode, ...steps) => {
    const database = await open();
    try {
      return await new Promise((resolve, reject) => {
        const transaction = database.transaction(store, mode);
        const [request] = steps.map((step) => step(transaction.objectStore(store)));
        transaction.oncomplete = () => resolve(request.result);
        transaction.onabort = () => reject(transaction.error);
      });
    } finally {
      database.close();
    }
  };

  const all = (store) => on(store, 'readonly', (records) => records.getAll());
  const put = (store, record) => on(store, 'readwrite', (records) => records.put(record));
  const remove = (store, key) => on(store, 'readwrite', (records) => records.delete(key));

  /** Sends one message and waits for its answer, all of it, as long as a network may take. */
  const post = async ({ key, body }) => {
    // Old browsers cannot break off what they send; nobody waits for it any longer all the same.
    const breaksOff = self.AbortController ? new AbortController() : undefined;
    let timer;
    const patience = new Promise((_resolve, reject) => {
      timer = setTimeout(() => {
        reject(new Error('nothing answers'));
        breaksOff?.abort();
      }, PATIENCE_MS);
    });
    const answered = (async () => {
      const response = await fetch('/v1/feedback', {
        method: 'POST',
        headers: { 'content-type': 'application/json', 'idempotency-key': key },
        body: JSON.stringify(body),
        credentials: 'omit',
        signal: breaksOff?.signal,
      });
      return { status: response.status, receipt: response.status === 201 ? await response.json() : undefined };
    })();
    try {
      return await Promise.race([answered, patience]);
    } finally {
      clearTimeout(timer);
    }
  };

  /** Sends one message. A refusal that says what is wrong with it stays beside it; anything else is tried again. */
  const send = async ({ key, body }, keeps) => {
    let status;
    try {
      const answer = await post({ key, body });
      status = answer.status;
      if (answer.receipt) {
        const { reference, secret } = answer.receipt;
        if (keeps) await put('receipts', { reference, secret, at: Date.now() });
        await remove('waiting', key);
        return { reference, secret };
      }
    } catch {
      return 'later';
    }
    if (passing.includes(status) || status >= 500) return 'later';
    await put('waiting', { key, body, refused: true });
    return 'refused';
  };

  /** Sends whatever waits. Whether something waits still, and the receipts of what was sent. @param keeps the receipts too, where no page shows them */
  const flush = async (keeps) => {
    const results = [];
    for (const record of await all('waiting')) if (!record.refused) results.push(await send(record, keeps));
    return { waits: results.includes('later'), sent: results.filter((result) => typeof result === 'object') };
  };

  /** The receipts that were kept, which are kept no more from now on. */
  const takeReceipts = async () => {
    const kept = await on(
      'receipts',
      'readwrite',
      (records) => records.getAll(),
      (records) => records.clear(),
    );
    return kept.filter(({ at }) => Date.now() - at < RECEIPT_MS);
  };

  /** Deletes what waits, or what was refused. */
  const forget = async (isRefused) => {
    for (const { key, refused = false } of await all('waiting')) if (refused === isRefused) await remove('waiting', key);
  };

  return {
    add: (key, body) => put('waiting', { key, body }),
    waiting: () => all('waiting'),
    takeReceipts,
    forget,
    take: (key) => remove('waiting', key),
    flush: (keeps = false) => (navigator.locks ? navigator.locks.request('feedback-outbox', () => flush(keeps)) : flush(keeps)),
  };
})();
