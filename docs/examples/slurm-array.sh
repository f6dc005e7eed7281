#!/bin/sh
#SBATCH --job-name=wscap-check
#SBATCH --array=1-4
#SBATCH --cpus-per-task=4
#SBATCH --mem=4G
#SBATCH --output=wscap-check-%a.log
# Four tasks check a quarter of the captures each, and write a blob. When all are done:
#   sbatch --dependency=afterany:$SLURM_ARRAY_JOB_ID --wrap 'wscap merge-reports blobs'

export CI=true
mkdir -p blobs
wscap check captures --shard "$SLURM_ARRAY_TASK_ID/$SLURM_ARRAY_TASK_COUNT" --workers "$SLURM_CPUS_PER_TASK" \
  --reporter default --reporter blob -o "blobs/blob-$SLURM_ARRAY_TASK_ID.json" || test $? -eq 1
