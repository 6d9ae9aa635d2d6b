import 'reflect-metadata';
import '@nestjs/common';
import '@nestjs/core';
import { finish } from '../measure/result.js';

const before = process.cpuUsage();
const start = performance.now();
await import(process.argv[2]!);
const wall = performance.now() - start;
const { user, system } = process.cpuUsage(before);
finish({ wall, cpu: (user + system) / 1000 });
