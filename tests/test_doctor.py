"""Faster kernels of the BLAS are found and recommended only where the processor can run them."""

from benchmarks import (
    doctor,
)
from nn.app import blas


class TestDoctor:
    """Kernels are measured only where the processor has their instructions."""

    def examined(self, monkeypatch, used, seconds, avx2=True, avx512=True):
        monkeypatch.setattr(blas, "kernel", lambda: used)
        monkeypatch.setattr(blas, "has_avx2", lambda: avx2)
        monkeypatch.setattr(blas, "has_avx512", lambda: avx512)
        monkeypatch.setattr(doctor, "_seconds", lambda core: seconds[core])
        return doctor.examine()

    def test_narrow_kernels_where_wide_ones_are_faster(self, monkeypatch):
        found = self.examined(monkeypatch, "Haswell", {None: 3.0, "SkylakeX": 2.0})
        assert found["recommended"] == "SkylakeX", "half as long again is worth a setting"
        text = doctor.tell(found)
        assert "though the processor has AVX-512" in text
        assert "OPENBLAS_CORETYPE=SkylakeX" in text
        assert "1.50 times as fast" in text

    def test_nothing_is_tried_without_the_instructions(self, monkeypatch):
        found = self.examined(monkeypatch, "Haswell", {None: 3.0}, avx512=False)
        assert found["recommended"] is None
        assert found["gains"] == {}, "an instruction that the processor lacks would end the program"
        assert doctor.tell(found) == "OpenBLAS uses its Haswell kernels. Nothing to set."

    def test_a_small_gain_is_not_worth_a_setting(self, monkeypatch):
        found = self.examined(monkeypatch, "SkylakeX", {None: 1.02, "Haswell": 1.0})
        assert found["recommended"] is None
        assert "Haswell 1.02" in doctor.tell(found), "but the figure is told"

    def test_another_library_has_nothing_to_set(self, monkeypatch):
        found = self.examined(monkeypatch, None, {})
        assert "does not use OpenBLAS" in doctor.tell(found)

    def test_it_measures_this_machine(self, monkeypatch):
        monkeypatch.setattr(doctor, "ROUNDS", 1)
        found = doctor.examine()
        assert all(gain > 0 for gain in found["gains"].values())
        assert found["kernel"] is None or found["kernel"] in doctor.tell(found)


class TestAdvice:
    """The main job mentions faster kernels in one line, and only where the processor can run them."""

    def advised(self, monkeypatch, used, avx512, setting=None):
        monkeypatch.delenv(blas.SETTING, raising=False)
        if setting:
            monkeypatch.setenv(blas.SETTING, setting)
        monkeypatch.setattr(blas, "kernel", lambda: used)
        monkeypatch.setattr(blas, "has_avx512", lambda: avx512)
        return blas.advise()

    def test_only_narrow_kernels_on_a_wide_processor(self, monkeypatch):
        advice = self.advised(monkeypatch, "Haswell", avx512=True)
        assert (
            str(advice) == "OPENBLAS_CORETYPE=SkylakeX may be faster: NumPy's BLAS uses Haswell kernels here"
        )
        assert self.advised(monkeypatch, "Haswell", avx512=False) is None, "never without the instructions"
        assert self.advised(monkeypatch, "SkylakeX", avx512=True) is None, "nothing to gain"
        assert self.advised(monkeypatch, "Haswell", avx512=True, setting="Haswell") is None, "it was a choice"
        assert self.advised(monkeypatch, None, avx512=True) is None, "another library"

    def test_the_main_job_says_it_once(self, monkeypatch, capsys, tmp_path):
        from nn.__main__ import main

        monkeypatch.setattr(blas, "advise", lambda: blas.Advice("Haswell", "SkylakeX"))
        train = ["train", "v2", "--data", "digits", "--epochs", "1", "--out", str(tmp_path)]
        assert main(train) == 0
        assert capsys.readouterr().out.count("OPENBLAS_CORETYPE=SkylakeX") == 1
