SwaggerUIBundle({
  url: '/openapi.yaml',
  dom_id: '#contract',
  deepLinking: true,
  defaultModelsExpandDepth: 0,
  // A validator would send the contract to another machine.
  validatorUrl: null,
});
