#!/bin/sh
# Fails a pipeline when a capture shows a problem: sh examples/fail-a-pipeline.sh capture.pcap
wiretruth=${WIRETRUTH:-npx wiretruth}
$wiretruth explain --quiet --json --fail-on problem "$1" > report.json
status=$?
case $status in
  0) echo "no problem" ;;
  1) echo "a problem: see report.json" ;;
  *) echo "could not be explained" ;;
esac
rm -f report.json
exit $status
