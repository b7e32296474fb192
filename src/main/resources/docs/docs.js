SwaggerUIBundle({
  url: '/openapi.yaml',
  dom_id: '#contract',
  deepLinking: true,
  defaultModelsExpandDepth: 0,
  // It would be sent to another machine to be validated.
  validatorUrl: null,
});
