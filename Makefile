# Everything is done by bootstrap.py; where there is no make, call that. ARGS reaches pytest.
PYTHON ?= python3
LOCK = uv pip compile --quiet --universal --python-version 3.11 --upgrade \
	--generate-hashes --no-emit-index-url --no-annotate --no-header

.PHONY: run test check proof test-stripe bench screens judge lock

run:
	@$(PYTHON) bootstrap.py run

test:
	@$(PYTHON) bootstrap.py test $(ARGS)

check:
	@$(PYTHON) bootstrap.py check $(ARGS)

# Before a release, for hours: docs/reliability.md.
proof:
	@$(PYTHON) bootstrap.py proof $(ARGS)

# The walk against Stripe itself: STOREFRONT_TEST_STRIPE_KEY=sk_test_… make test-stripe. Never a live key.
test-stripe:
	@$(PYTHON) bootstrap.py test -m stripe -n 0 tests/walks/test_stripe_itself.py $(ARGS)

# Each page and action beside a bare Flask app; writes docs/performance.md.
bench:
	@$(PYTHON) bootstrap.py bench $(ARGS)

# Pictures of every page into docs/screens/; what Lighthouse, axe and two validators say into docs/quality.md. Both
# open a demo shop of their own and need what `make test` installed, Chromium, and the second npm (and Java) too.
screens judge:
	@$(PYTHON) -c "from launch.environment import prepare; prepare('test')"
	@.venv/bin/python -m bench.$@

# The newest versions that pyproject.toml allows, for every platform; needs uv.
lock:
	$(LOCK) -o requirements/run.lock pyproject.toml requirements/build.in
	$(LOCK) -o requirements/test.lock -c requirements/run.lock \
		--extra test --extra postgres --extra redis pyproject.toml requirements/build.in
