"""What origins share: found once under a key, and gone with the call that made it."""

from tradeshock.models import BayesianVAR, Combination, DirectRidge, FlashBridge, RandomWalk
from tradeshock.models.findings import Findings


def test_what_is_there_is_not_made_again():
    findings, made = Findings(None), []

    def make(positions: list[int]) -> list[int]:
        made.append(positions)
        return [10 * i for i in positions]

    assert findings.find("a", lambda: 7) == 7
    assert findings.find("a", lambda: 8) == 7
    assert findings.find_each(["a", "b", "c"], make) == [7, 10, 20]
    assert findings.find_each(["c", "d", "b"], make) == [20, 10, 10]
    assert made == [[1, 2], [1]]


def test_nothing_that_was_shared_hangs_on_a_fitted_model(panel):
    """Of a model, its members and carriers: neither findings nor what a replay lent."""

    def parts(model):
        inside = [*getattr(model, "members_", ()), getattr(model, "carrier_", None)]
        return [model, *(p for part in inside if part is not None for p in parts(part))]

    system = BayesianVAR(series=("exports_total", "us_ip"), n_draws=20)
    members = [FlashBridge(system, n_draws=20), FlashBridge(DirectRidge(), n_draws=20)]
    model = Combination([*members, RandomWalk()], n_draws=20).fit(panel.as_of("2017-03-21"))
    model.forecast(2)
    fitted = parts(model)
    assert len(fitted) == 6
    for part in fitted:
        assert not any(isinstance(value, Findings) for value in vars(part).values())


def test_other_parameters_are_other_findings(panel):
    """Two carriers of one class in one fit must not take each other's January."""
    cut = panel.as_of("2019-06-01")
    systems = [BayesianVAR(("exports_total", "us_ip"), lags=n, n_draws=20) for n in (2, 5)]
    members = [FlashBridge(system, n_draws=20) for system in systems]
    together = Combination(members, n_draws=20).fit(cut)
    for member, system in zip(together.members_, systems, strict=True):
        assert member.carrier_.tightness_ == system.fit(cut).tightness_
