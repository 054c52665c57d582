"""How examples are drawn for tests of laws."""

from hypothesis import HealthCheck, settings

# No verdict depends on luck, on the load of the machine or on a former run.
settings.register_profile(
    "course",
    derandomize=True,
    deadline=None,
    max_examples=50,
    suppress_health_check=[
        HealthCheck.too_slow,
        HealthCheck.function_scoped_fixture,
    ],
)
settings.load_profile("course")
