// A proxy or the server may add a prefix to all paths. The page is at /docs/index.html below the prefix.
const root = new URL('..', window.location.href);

SwaggerUIBundle({
  url: new URL('openapi.yaml', root).href,
  dom_id: '#contract',
  deepLinking: true,
  defaultModelsExpandDepth: 0,
  // A validator would send the contract to another machine.
  validatorUrl: null,
  // The contract names paths without the prefix.
  requestInterceptor: (request) => {
    const url = new URL(request.url, root);
    if (url.origin === root.origin && !url.pathname.startsWith(root.pathname)) {
      url.pathname = root.pathname.slice(0, -1) + url.pathname;
    }
    request.url = url.href;
    return request;
  },
});
