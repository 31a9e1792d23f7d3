# Names for the steps; CI and people run the same ones.
BUILD := build
PRESET_BUILD = cmake --preset $(1) >/dev/null && cmake --build --preset $(1)

.PHONY: build dev tsan fuzz cluster s3 demo test check sim soak-kill soak-undo soak-drill soak-repository soak-prune soak-volumes soak-many-volumes lint fmt clean tidy

build:            ## the release program: build/release/salvor
	$(call PRESET_BUILD,release) --target salvor

dev:              ## everything with AddressSanitizer and UBSan
	$(call PRESET_BUILD,dev)

tsan:             ## unit tests, suites and simulation with ThreadSanitizer
	$(call PRESET_BUILD,tsan)
	ctest --preset tsan

fuzz:             ## each fuzz target for FUZZ_SECONDS (60)
	$(call PRESET_BUILD,fuzz) --target fuzz_targets
	tools/fuzz $(BUILD)/fuzz $${FUZZ_SECONDS:-60}

cluster:          ## the test control plane: build/cluster/salvor-cluster
	test/cluster/build

s3:               ## the S3 server of the tests: build/s3/versitygw
	test/s3/build

demo: build       ## the main job on a real cluster (KUBECONFIG, or one made for it)
	[ -n "$$KUBECONFIG" ] || $(MAKE) cluster
	[ -n "$$KUBECONFIG" ] || [ "$$(id -u)" != 0 ] || $(MAKE) s3
	/usr/bin/python3 tools/demo.py

test:             ## everything; closes with "N passed, N failed, N skipped"
	/usr/bin/python3 tools/run_tests.py

check: tidy dev   ## what must be green before a commit: tidy and unit tests
	ctest --preset dev

tidy:
	/usr/bin/python3 tools/tidy.py

lint:             ## clang-tidy over all sources, warnings as errors
	cmake --preset lint >/dev/null
	tools/lint

fmt:
	git ls-files '*.cc' '*.h' | xargs clang-format-16 -i

soak-kill: build cluster  ## kill -9 at every request of a restore; some 20 minutes
	test/soak/kill_everywhere

soak-undo: build cluster  ## 200 random restores, each taken back
	test/soak/undo

soak-drill: dev       ## 200 good recovery points drilled, and a drill that dies at each of its events
	for seed in 0 1 2 3 4 5 6 7 8 9; do \
	  build/dev/proof_test --gtest_filter='DrillGoodPoints.*:DrillCrash.*' --gtest_random_seed=$$seed || exit 1; done

soak-many-volumes: build cluster s3  ## 100 volumes restored from a copy in the order that was asked for; as root
	test/soak/many_volumes

soak-repository: build s3 ## 500 random folders through repositories, every hundredth with a file of 5 GiB; 100 kills
	SALVOR_TREES=500 SALVOR_KILLS=100 /usr/bin/python3 -m unittest discover -v -s test/e2e -t test/e2e -p test_repository.py

soak-prune:       ## 10,000 interleavings of backups, restores, forgetting and prune, simulated; some 5 minutes
	$(call PRESET_BUILD,release) --target repository_sim_test
	$(BUILD)/release/test/sim/repository_sim_test --worlds=10000

soak-volumes: build cluster s3  ## kill -9 of server, mover and S3 server during copies and restores, 100 times; root
	test/soak/volumes

bench-%: cluster s3        ## a benchmark: bench-objects, bench-api, bench-velero, bench-volumes
	-[ $* != api ] || tools/dependencies bench
	$(call PRESET_BUILD,release) --target salvor api_load volumes_ceiling
	bench/$*/run

clean:
	rm -rf $(BUILD)
