// Preloaded: OpenTelemetry instruments Nest before anything requires it, and prints the name of every span.
const { NestInstrumentation } = require('@opentelemetry/instrumentation-nestjs-core');
const { BasicTracerProvider, SimpleSpanProcessor } = require('@opentelemetry/sdk-trace-base');

const exporter = {
  export(spans, done) {
    for (const { name } of spans) console.log(`span ${name}`);
    done({ code: 0 });
  },
  shutdown: () => Promise.resolve(),
};
const provider = new BasicTracerProvider({ spanProcessors: [new SimpleSpanProcessor(exporter)] });
new NestInstrumentation().setTracerProvider(provider);
