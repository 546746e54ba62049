"""Plugin ``opencohesion_quality``: the gate. Wiring only."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import ckan.plugins as p
import ckan.plugins.toolkit as tk
import yaml
from ckan.config.declaration import Declaration, Key
from ckan.types import Context

from ckanext.opencohesion.jobs import api as jobs
from ckanext.opencohesion.quality import (
    actions,
    asking,
    auth,
    checking,
    cli,
    gate,
    helpers,
    links,
    rechecks,
    releases,
    shown,
    views,
    visibility,
)
from ckanext.opencohesion.quality.decisions import actions as decision_actions
from ckanext.opencohesion.quality.decisions import policy
from ckanext.opencohesion.quality.decisions import views as decision_views
from ckanext.opencohesion.quality.desk import actions as desk_actions
from ckanext.opencohesion.quality.desk import views as desk_views
from ckanext.opencohesion.quality.judging.warm import warm
from ckanext.opencohesion.quality.office_schemas import actions as office_schemas
from ckanext.opencohesion.quality.office_schemas import store as office_schema_store
from ckanext.opencohesion.quality.publication import publication, table_files
from ckanext.opencohesion.quality.repair import actions as repair_actions
from ckanext.opencohesion.quality.repair import mend as repair_job
from ckanext.opencohesion.quality.storage.object_store import ObjectStorageError
from ckanext.opencohesion.quality.storage.uploader import GateUpload
from ckanext.opencohesion.quality.takedown import actions as takedown_actions
from ckanext.opencohesion.quality.takedown import takedown
from ckanext.opencohesion.quality.takedown import views as takedown_views
from ckanext.opencohesion.tables import profiles
from ckanext.opencohesion.translation import HouseTranslation

ROOM = Path(__file__).parent


@tk.blanket.auth_functions(
    lambda: {
        **auth.functions(),
        **visibility.get_auth_functions(),
        **desk_actions.AUTH,
        **repair_actions.AUTH,
        **takedown_actions.AUTH,
        **office_schemas.AUTH,
    }
)
@tk.blanket.helpers(helpers)
@tk.blanket.blueprints(
    [
        views.opencohesion_quality,
        desk_views.opencohesion_desk,
        decision_views.opencohesion_decisions,
        takedown_views.opencohesion_takedowns,
    ]
)
@tk.blanket.cli(cli)
class QualityPlugin(HouseTranslation, visibility.GateLabels, p.SingletonPlugin):
    """Nothing of a guarded dataset is public before its present content has passed."""

    p.implements(p.IConfigurer)
    p.implements(p.IConfigDeclaration)
    p.implements(p.IConfigurable)
    p.implements(p.IActions)
    p.implements(p.IPackageController, inherit=True)
    p.implements(p.IMiddleware, inherit=True)
    p.implements(p.IForkObserver)
    p.implements(p.IPermissionLabels)
    p.implements(p.ITranslation)
    p.implements(p.IUploader, inherit=True)

    # IConfigurer
    def update_config(self, config: Any) -> None:
        tk.add_template_directory(config, "templates")
        tk.add_resource("assets", "opencohesion_quality")

    # IConfigDeclaration: the fetch room has no plugin of its own, its options are declared here
    def declare_config_options(self, declaration: Declaration, key: Key) -> None:
        for room in (ROOM, ROOM.parent / "fetch"):
            declaration.load_dict(
                yaml.safe_load((room / "config_declaration.yaml").read_text(encoding="utf-8"))
            )

    # IConfigurable
    def configure(self, config: Any) -> None:
        visibility.refuse_conflict()
        policy.refuse_unknown()
        profiles.add_source(office_schema_store.PREFIX, office_schema_store.descriptor)
        jobs.register(asking.KIND, checking.check_dataset)
        jobs.register(links.KIND, links.look_again)
        jobs.register(checking.ABANDONED_KIND, checking.find_abandoned)
        jobs.register(table_files.KIND, table_files.write_tables)
        jobs.register(table_files.TIDY_KIND, table_files.tidy)
        jobs.every(table_files.TIDY_KIND, 600, timeout_seconds=600, title="Previews of live datasets")
        jobs.every(
            checking.ABANDONED_KIND,
            300,
            timeout_seconds=300,
            title="Checks that died with their worker",
            later=False,
        )
        jobs.every(
            links.KIND,
            links.EVERY_SECONDS,
            timeout_seconds=tk.config["ckanext.opencohesion.quality.check_timeout_seconds"],
            title="Linked files of live datasets",
        )
        jobs.register(publication.FINISH_KIND, publication.finish_all)
        jobs.every(
            publication.FINISH_KIND,
            300,
            timeout_seconds=300,
            title="Publications to be finished",
            later=False,
        )
        jobs.register(repair_job.KIND, repair_job.mend_file)
        jobs.register(rechecks.RULES_KIND, rechecks.recheck_rules)
        jobs.every(
            rechecks.RULES_KIND,
            rechecks.RULES_SECONDS,
            timeout_seconds=300,
            title="Live data under new rules",
        )
        jobs.register(rechecks.EXPIRY_KIND, rechecks.look_for_expiries)
        jobs.every(
            rechecks.EXPIRY_KIND,
            rechecks.EXPIRY_SECONDS,
            timeout_seconds=600,
            title="Declarations on personal data that are over",
        )
        jobs.register(takedown.KIND, takedown.finish_all)
        jobs.every(takedown.KIND, 60, timeout_seconds=600, title="Take-downs to be ended", later=False)
        jobs.register(releases.SWEEP_KIND, releases.sweep)
        jobs.every(releases.SWEEP_KIND, 3600, timeout_seconds=600, title="Files of versions taken down")

    # IActions
    def get_actions(self) -> dict[str, Any]:
        own = {name: getattr(actions, name) for name in actions.__all__}
        return {
            **own,
            **desk_actions.ACTIONS,
            **repair_actions.ACTIONS,
            **office_schemas.ACTIONS,
            **decision_actions.get_actions(),
            **takedown_actions.ACTIONS,
            **gate.actions(),
            **visibility.get_actions(),
        }

    # IPackageController
    def after_dataset_create(self, context: Context, pkg_dict: dict[str, Any]) -> None:
        gate.note_created(context, pkg_dict["id"])

    def after_dataset_delete(self, context: Context, pkg_dict: dict[str, Any]) -> None:
        gate.note_deleted(pkg_dict["id"])

    def after_dataset_show(self, context: Context, pkg_dict: dict[str, Any]) -> None:
        shown.show([pkg_dict])

    def after_dataset_search(
        self, search_results: dict[str, Any], search_params: dict[str, Any]
    ) -> dict[str, Any]:
        shown.show(search_results["results"])
        visibility.drop_relationships(search_results["results"])
        return search_results

    def before_dataset_index(self, pkg_dict: dict[str, Any]) -> dict[str, Any]:
        return shown.index(pkg_dict)

    # IMiddleware
    def make_middleware(self, app: Any, config: Any) -> Any:
        app.after_request(views.make_harmless)
        app.register_error_handler(ObjectStorageError, views.files_away)
        return app

    # IForkObserver: before a worker forks the process of a job
    def before_fork(self) -> None:
        warm()

    # IUploader
    def get_resource_uploader(self, data_dict: dict[str, Any]) -> GateUpload:
        return GateUpload(data_dict)
