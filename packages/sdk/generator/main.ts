import { writeFileSync } from 'node:fs'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { generatedFiles } from './outputs.js'

const root = fileURLToPath(new URL('../../../', import.meta.url))
for (const [file, text] of Object.entries(generatedFiles())) writeFileSync(path.join(root, file), text)
