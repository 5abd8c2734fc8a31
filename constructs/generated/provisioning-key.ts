// generated from terraform resource schema

import { Construct } from 'constructs';
import * as cdktf from 'cdktf';

// Configuration

export interface ProvisioningKeyConfig extends cdktf.TerraformMetaArguments {
  /**
  * Public [age](https://age-encryption.org) keys (`age1…`). With them the secret is sealed once, when it is made, and the state holds only the ciphertext.
  */
  readonly ageRecipients?: string[];
  /**
  * Whether a site works at once (`true`, the default) or waits for an operator.
  */
  readonly approveNewSites?: boolean | cdktf.IResolvable;
  /**
  * When it stops working, as a time such as `2030-01-31T12:00:00Z`. Not together with `expires_in`.
  */
  readonly expiresAt?: string;
  /**
  * How long it works from its creation, such as `7d` or `168h`. Not together with `expires_at`.
  */
  readonly expiresIn?: string;
  /**
  * How many sites may come with it, 1 to 1,000,000. Without it: any number.
  */
  readonly maxUsage?: number;
  /**
  * What people call it: 1 to 255 characters.
  */
  readonly name: string;
  /**
  * The organisation it belongs to. Default: the provider's `org`.
  */
  readonly org?: string;
}

/**
* Represents a firstboot_provisioning_key
*/
export class ProvisioningKey extends cdktf.TerraformResource {

  // =================
  // STATIC PROPERTIES
  // =================
  public static readonly tfResourceType = "firstboot_provisioning_key";

  // ==============
  // STATIC Methods
  // ==============
  /**
  * Generates CDKTF code for importing a ProvisioningKey resource upon running "cdktf plan <stack-name>"
  * @param scope The scope in which to define this construct
  * @param importToId The construct id used in the generated config for the ProvisioningKey to import
  * @param importFromId The id of the existing ProvisioningKey that should be imported.
  * @param provider? Optional instance of the provider where the ProvisioningKey to import is found
  */
  public static generateConfigForImport(scope: Construct, importToId: string, importFromId: string, provider?: cdktf.TerraformProvider) {
        return new cdktf.ImportableResource(scope, importToId, { terraformResourceType: "firstboot_provisioning_key", importId: importFromId, ...(provider && { provider }) });
      }

  // ===========
  // INITIALIZER
  // ===========

  /**
  * Create a new firstboot_provisioning_key Resource
  *
  * @param scope The scope in which to define this construct
  * @param id The scoped construct ID. Must be unique amongst siblings in the same scope
  * @param options ProvisioningKeyConfig
  */
  public constructor(scope: Construct, id: string, config: ProvisioningKeyConfig) {
    super(scope, id, {
      terraformResourceType: 'firstboot_provisioning_key',
      terraformGeneratorMetadata: {
        providerName: 'firstboot',
        providerVersionConstraint: '~> 0.1.0'
      },
      ...config,
    });
    this._ageRecipients = config.ageRecipients;
    this._approveNewSites = config.approveNewSites;
    this._expiresAt = config.expiresAt;
    this._expiresIn = config.expiresIn;
    this._maxUsage = config.maxUsage;
    this._name = config.name;
    this._org = config.org;
  }

  // ==========
  // ATTRIBUTES
  // ==========

  // age_recipients - computed: false, optional: true, required: false
  private _ageRecipients: string[] | undefined;
  public get ageRecipients() {
    return this.getListAttribute('age_recipients');
  }
  public set ageRecipients(value: string[]) {
    this._ageRecipients = value;
  }
  public resetAgeRecipients() {
    this._ageRecipients = undefined;
  }
  // Temporarily expose input value. Use with caution.
  public get ageRecipientsInput() {
    return this._ageRecipients;
  }

  // approve_new_sites - computed: true, optional: true, required: false
  private _approveNewSites: boolean | cdktf.IResolvable | undefined;
  public get approveNewSites() {
    return this.getBooleanAttribute('approve_new_sites');
  }
  public set approveNewSites(value: boolean | cdktf.IResolvable) {
    this._approveNewSites = value;
  }
  public resetApproveNewSites() {
    this._approveNewSites = undefined;
  }
  // Temporarily expose input value. Use with caution.
  public get approveNewSitesInput() {
    return this._approveNewSites;
  }

  // expires_at - computed: false, optional: true, required: false
  private _expiresAt: string | undefined;
  public get expiresAt() {
    return this.getStringAttribute('expires_at');
  }
  public set expiresAt(value: string) {
    this._expiresAt = value;
  }
  public resetExpiresAt() {
    this._expiresAt = undefined;
  }
  // Temporarily expose input value. Use with caution.
  public get expiresAtInput() {
    return this._expiresAt;
  }

  // expires_in - computed: false, optional: true, required: false
  private _expiresIn: string | undefined;
  public get expiresIn() {
    return this.getStringAttribute('expires_in');
  }
  public set expiresIn(value: string) {
    this._expiresIn = value;
  }
  public resetExpiresIn() {
    this._expiresIn = undefined;
  }
  // Temporarily expose input value. Use with caution.
  public get expiresInInput() {
    return this._expiresIn;
  }

  // id - computed: true, optional: false, required: false
  public get id() {
    return this.getStringAttribute('id');
  }

  // key - computed: true, optional: false, required: false
  public get key() {
    return this.getStringAttribute('key');
  }

  // last_chars - computed: true, optional: false, required: false
  public get lastChars() {
    return this.getStringAttribute('last_chars');
  }

  // last_used - computed: true, optional: false, required: false
  public get lastUsed() {
    return this.getStringAttribute('last_used');
  }

  // max_usage - computed: false, optional: true, required: false
  private _maxUsage: number | undefined;
  public get maxUsage() {
    return this.getNumberAttribute('max_usage');
  }
  public set maxUsage(value: number) {
    this._maxUsage = value;
  }
  public resetMaxUsage() {
    this._maxUsage = undefined;
  }
  // Temporarily expose input value. Use with caution.
  public get maxUsageInput() {
    return this._maxUsage;
  }

  // name - computed: false, optional: false, required: true
  private _name: string | undefined;
  public get name() {
    return this.getStringAttribute('name');
  }
  public set name(value: string) {
    this._name = value;
  }
  // Temporarily expose input value. Use with caution.
  public get nameInput() {
    return this._name;
  }

  // org - computed: true, optional: true, required: false
  private _org: string | undefined;
  public get org() {
    return this.getStringAttribute('org');
  }
  public set org(value: string) {
    this._org = value;
  }
  public resetOrg() {
    this._org = undefined;
  }
  // Temporarily expose input value. Use with caution.
  public get orgInput() {
    return this._org;
  }

  // sealed_key - computed: true, optional: false, required: false
  public get sealedKey() {
    return this.getStringAttribute('sealed_key');
  }

  // state - computed: true, optional: false, required: false
  public get state() {
    return this.getStringAttribute('state');
  }

  // used - computed: true, optional: false, required: false
  public get used() {
    return this.getNumberAttribute('used');
  }

  // =========
  // SYNTHESIS
  // =========

  protected override synthesizeAttributes(): { [name: string]: any } {
    return {
      age_recipients: cdktf.listMapper(cdktf.stringToTerraform, false)(this._ageRecipients),
      approve_new_sites: cdktf.booleanToTerraform(this._approveNewSites),
      expires_at: cdktf.stringToTerraform(this._expiresAt),
      expires_in: cdktf.stringToTerraform(this._expiresIn),
      max_usage: cdktf.numberToTerraform(this._maxUsage),
      name: cdktf.stringToTerraform(this._name),
      org: cdktf.stringToTerraform(this._org),
    };
  }

  protected override synthesizeHclAttributes(): { [name: string]: any } {
    const attrs = {
      age_recipients: {
        value: cdktf.listMapperHcl(cdktf.stringToHclTerraform, false)(this._ageRecipients),
        isBlock: false,
        type: "list",
        storageClassType: "stringList",
      },
      approve_new_sites: {
        value: cdktf.booleanToHclTerraform(this._approveNewSites),
        isBlock: false,
        type: "simple",
        storageClassType: "boolean",
      },
      expires_at: {
        value: cdktf.stringToHclTerraform(this._expiresAt),
        isBlock: false,
        type: "simple",
        storageClassType: "string",
      },
      expires_in: {
        value: cdktf.stringToHclTerraform(this._expiresIn),
        isBlock: false,
        type: "simple",
        storageClassType: "string",
      },
      max_usage: {
        value: cdktf.numberToHclTerraform(this._maxUsage),
        isBlock: false,
        type: "simple",
        storageClassType: "number",
      },
      name: {
        value: cdktf.stringToHclTerraform(this._name),
        isBlock: false,
        type: "simple",
        storageClassType: "string",
      },
      org: {
        value: cdktf.stringToHclTerraform(this._org),
        isBlock: false,
        type: "simple",
        storageClassType: "string",
      },
    };

    // remove undefined attributes
    return Object.fromEntries(Object.entries(attrs).filter(([_, value]) => value !== undefined && value.value !== undefined ))
  }
}
